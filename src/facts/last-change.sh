whole var/lib/ctfleet/last var/lib/ctfleet/trial
mark var/lib/ctfleet
