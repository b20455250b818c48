"""Encrypts and decrypts with ansible-core itself: a list of requests on stdin, a list of answers on stdout."""

import json
import sys

from ansible.errors import AnsibleError
from ansible.parsing.vault import VaultLib, VaultSecret


def secrets(pairs):
    return [(one["id"], VaultSecret(one["password"].encode())) for one in pairs]


def answer(request):
    if "plain" in request:
        with_id = request["with"]
        secret = VaultSecret(with_id["password"].encode())
        vault_id = None if with_id["id"] == "default" else with_id["id"]
        return VaultLib().encrypt(request["plain"], secret=secret, vault_id=vault_id).decode()
    try:
        return {"plain": VaultLib(secrets(request["passwords"])).decrypt(request["text"]).decode()}
    except (AnsibleError, UnicodeDecodeError, ValueError, IndexError):
        return {"refused": True}


json.dump([answer(one) for one in json.load(sys.stdin)], sys.stdout)
