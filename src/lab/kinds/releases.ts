/** What distributions say of themselves. */
export const debian12 = {
  "/etc/os-release": `PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
NAME="Debian GNU/Linux"
VERSION_ID="12"
VERSION="12 (bookworm)"
ID=debian
`,
  "/etc/debian_version": "12.5\n",
};

export const debian11 = {
  "/etc/os-release": `PRETTY_NAME="Debian GNU/Linux 11 (bullseye)"
NAME="Debian GNU/Linux"
VERSION_ID="11"
VERSION="11 (bullseye)"
ID=debian
`,
  "/etc/debian_version": "11.9\n",
};

export const debian13 = {
  "/etc/os-release": `PRETTY_NAME="Debian GNU/Linux 13 (trixie)"
NAME="Debian GNU/Linux"
VERSION_ID="13"
VERSION="13 (trixie)"
ID=debian
`,
  "/etc/debian_version": "13.0\n",
};

export const ubuntu2204 = {
  "/etc/os-release": `PRETTY_NAME="Ubuntu 22.04.4 LTS"
NAME="Ubuntu"
VERSION_ID="22.04"
ID=ubuntu
ID_LIKE=debian
`,
};

export const rocky8 = {
  "/etc/os-release": `NAME="Rocky Linux"
VERSION="8.9 (Green Obsidian)"
ID="rocky"
ID_LIKE="rhel centos fedora"
VERSION_ID="8.9"
PRETTY_NAME="Rocky Linux 8.9 (Green Obsidian)"
`,
  "/etc/redhat-release": "Rocky Linux release 8.9 (Green Obsidian)\n",
};

export const centos7 = {
  "/etc/os-release": `NAME="CentOS Linux"
VERSION="7 (Core)"
ID="centos"
ID_LIKE="rhel fedora"
VERSION_ID="7"
PRETTY_NAME="CentOS Linux 7 (Core)"
`,
  "/etc/redhat-release": "CentOS Linux release 7.5.1804 (Core)\n",
};

export const centos6 = { "/etc/redhat-release": "CentOS release 6.10 (Final)\n" };
export const centos5 = { "/etc/redhat-release": "CentOS release 5.11 (Final)\n" };

export const alpine319 = {
  "/etc/os-release": `NAME="Alpine Linux"
ID=alpine
VERSION_ID=3.19.1
PRETTY_NAME="Alpine Linux v3.19"
`,
};
