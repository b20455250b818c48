whole var/lib/ctfleet/last
mark var/lib/ctfleet
