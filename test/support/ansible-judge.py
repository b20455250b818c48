"""Runs command lines of ansible-inventory and ansible, each in a child of its own: JSON cases in, JSON results out."""

import json
import os
import sys
import tempfile

for name in [name for name in os.environ if name.startswith("ANSIBLE_")]:
    del os.environ[name]
folder = tempfile.TemporaryDirectory(prefix="ansible-judge-")
home = folder.name
open(os.path.join(home, "ansible.cfg"), "w").close()
os.environ.update(
    ANSIBLE_CONFIG=os.path.join(home, "ansible.cfg"),
    ANSIBLE_HOME=home,
    ANSIBLE_LOCAL_TEMP=os.path.join(home, "tmp"),
    ANSIBLE_NOCOLOR="1",
    LC_ALL="C.UTF-8",
)

# imported once: a child begins where this process stands, so that no case sees what another one left behind
from ansible.cli.adhoc import AdHocCLI  # noqa: E402
from ansible.cli.inventory import InventoryCLI  # noqa: E402

programs = {"ansible-inventory": InventoryCLI, "ansible": AdHocCLI}
longest = 60


def run(case, out, err):
    """Never returns: ends this process as the program would end."""
    import signal

    signal.alarm(longest)
    os.dup2(out, 1)
    os.dup2(err, 2)
    status = 250
    try:
        os.chdir(case["cwd"])
        programs[case["program"]].cli_executor([case["program"], *case["args"]])
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def judge(case):
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        child = os.fork()
        if child == 0:
            run(case, out.fileno(), err.fileno())
        _, status = os.waitpid(child, 0)
        for stream in (out, err):
            stream.seek(0)
        return {
            "exit": os.waitstatus_to_exitcode(status),
            "stdout": out.read().decode("utf-8", "replace"),
            "stderr": err.read().decode("utf-8", "replace"),
        }


results = [judge(case) for case in json.load(sys.stdin)]
folder.cleanup()
json.dump(results, sys.stdout)
