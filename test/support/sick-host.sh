#!/bin/sh
# AuthorizedKeysCommand of a test's sshd: whom it lets in, and to what. Arguments: the account, the client's public key.
case $1 in
  deploy) echo "$2" ;;
  # Hangs while the login is checked, as a dead directory service does.
  operator) exec sleep 600 ;;
  # Every command hangs, or prints without end.
  fisher) echo "command=\"exec sleep 600\" $2" ;;
  tess) echo "command=\"exec yes\" $2" ;;
esac
