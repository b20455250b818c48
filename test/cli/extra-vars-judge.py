"""What ansible-core makes of the words of several -e: JSON cases in, JSON variables (or null where it refuses) out."""

import json
import sys

from ansible import context
from ansible.errors import AnsibleError
from ansible.module_utils.common.collections import ImmutableDict
from ansible.parsing.dataloader import DataLoader
from ansible.parsing.vault import VaultSecret
from ansible.utils import vars as ansible_vars


def answer(words):
    context.CLIARGS = ImmutableDict(extra_vars=words)
    if hasattr(ansible_vars.load_extra_vars, "extra_vars"):
        del ansible_vars.load_extra_vars.extra_vars
    loader = DataLoader()
    loader.set_vault_secrets([("default", VaultSecret(b"a"))])
    try:
        return ansible_vars.load_extra_vars(loader)
    except AnsibleError:
        return None


json.dump([answer(words) for words in json.load(sys.stdin)], sys.stdout, default=str)
