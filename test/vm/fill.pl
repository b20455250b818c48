# Sends so many UDP packets within the host, each of a flow of its own: `perl - COUNT`. Nobody answers; what is sent is
# taken in by one socket that is never read, so that no ICMP error comes back.
use strict;
use warnings;
use Socket;

my ($count) = @ARGV;
socket(my $sink, PF_INET, SOCK_DGRAM, 0) or die "socket: $!";
bind($sink, sockaddr_in(9, INADDR_ANY)) or die "bind: $!";
socket(my $source, PF_INET, SOCK_DGRAM, 0) or die "socket: $!";
for my $flow (0 .. $count - 1) {
    my $address = pack("C4", 127, 1 + ($flow >> 16), ($flow >> 8) & 255, $flow & 255);
    # A packet that the kernel drops may be told as an error: that is what a full table does.
    send($source, "x", 0, sockaddr_in(9, $address));
}
