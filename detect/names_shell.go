package detect

// Commands of Unix and Windows, by what they do. A command that is also a
// common English word carries the flag cmdWord: alone it is no evidence.

const (
	cmdNone   uint8 = iota
	cmdInfo         // shows who and where one is; runs without arguments
	cmdRead         // prints or searches files
	cmdNet          // reaches other hosts
	cmdExec         // runs what it is given
	cmdChange       // changes files, processes, the system
	cmdPrint        // prints its arguments
	cmdWait         // waits
	cmdAdmin        // administration by subcommand
	cmdPrefix       // stands before the command proper
	cmdBuild        // developers' tools: what posts about code are full of
	cmdWord   = 0x40
	cmdKinds  = 0x3f
)

var shellCommands = newWordTable([]wordGroup{
	{cmdInfo, []string{
		"whoami", "uname", "ifconfig", "ipconfig", "systeminfo", "sysinfo", "netstat", "printenv", "lsof",
		"tasklist", "ls", "dir", "df", "du", "ps", "uptime", "dmesg", "lscpu", "lsblk",
		"lspci", "lsusb", "lsmod", "getent", "getcap", "vmstat", "qwinsta", "driverquery",
		"arp", "nproc", "logname", "lsb_release", "hostnamectl", "hostid", "pstree", "fdisk", "getmac", "quser",
		"ll", "klist", "whereis", "ss", "phpversion", "ulimit", "crontab", "vdir", "mpstat", "iostat",
		"loginctl", "journalctl", "gpresult", "openfiles", "qprocess", "fltmc",
		"get-process", "get-service", "get-wmiobject", "get-ciminstance", "get-localuser", "get-aduser", "ldd", "blkid", "lshw", "dmidecode",
	}},
	{cmdInfo | cmdWord, []string{
		"id", "who", "w", "date", "env", "groups", "last", "set", "users", "mount", "free", "top", "history",
		"jobs", "alias", "arch", "export", "finger", "path", "which", "tree", "lastlog", "route", "test",
		"false", "true", "help", "stat", "hostname", "pwd", "vol", "ver", "locale",
	}},
	{cmdRead, []string{
		"tac", "awk", "gawk", "mawk", "sed", "grep", "egrep", "fgrep", "zgrep", "nl", "od", "xxd", "hexdump",
		"findstr", "zcat", "bzcat", "xzcat", "wc", "tr", "uniq", "base64", "base32", "readlink", "gc",
		"get-content", "getfacl", "cksum", "md5sum", "sha1sum", "sha256sum", "fmt", "pr", "rev", "iconv",
		"zless", "zmore", "diff", "cmp", "get-childitem", "gci", "strace", "openssl", "sqlite3", "batcat",
		"basenc", "base58", "bzip2", "bzless", "exiftool", "hd", "jq", "msgcat", "nm", "nroff", "troff", "objdump", "pico",
		"ptx", "readelf", "shuf", "soelim", "unexpand", "uudecode", "uuencode", "xz", "xzgrep", "zegrep", "zfgrep",
		"csplit", "fc", "cpio", "ltrace", "select-string", "esentutl", "extrac32", "makecab", "lessc",
	}},
	{cmdRead | cmdWord, []string{
		"cat", "head", "tail", "more", "less", "type", "find", "cut", "sort", "strings", "file", "locate",
		"look", "paste", "fold", "expand", "join", "split", "comm", "where", "edit", "view", "dd", "bat", "vi",
		"vim", "nano", "tee", "column", "man", "comp",
	}},
	{cmdNet, []string{
		"wget", "curl", "nc", "ncat", "netcat", "nslookup", "telnet", "tftp", "scp", "sftp", "rsync", "socat",
		"traceroute", "tracert", "tracepath", "bitsadmin", "certutil", "nmap", "axel", "lynx", "links2",
		"elinks", "w3m", "aria2c", "fping", "iwr", "invoke-webrequest", "smbclient", "rlogin", "ldapsearch",
		"start-bitstransfer", "lwp-request", "lwp-download", "pathping", "arping", "mtr", "whois", "sendmail",
		"nbtstat", "ping6", "httpie", "ssh-keyscan", "tcpdump", "wscat", "hping3", "masscan", "nsupdate", "invoke-restmethod", "irm",
		"certoc", "desktopimgdownldr", "bits",
	}},
	{cmdNet | cmdWord, []string{"ping", "host", "ssh", "ftp", "links", "mail", "fetch", "dig"}},
	{cmdExec, []string{
		"sh", "bash", "zsh", "ksh", "csh", "tcsh", "ash", "rbash", "perl", "python", "python2", "python3",
		"ruby", "php", "lua", "nodejs", "cmd", "powershell", "pwsh", "wscript", "cscript", "mshta", "rundll32",
		"regsvr32", "osascript", "iex", "invoke-expression", "gcc", "tclsh", "irb", "busybox", "php5", "php7",
		"cmd.exe", "powershell.exe", "awk.exe", "msiexec", "comspec", "forfiles", "schtasks", "psexec",
		"gdb", "java", "javac", "jrunscript", "nawk", "jjs", "jshell", "julia", "pypy", "pypy3", "ghci", "octave", "slsh", "yash",
		"start-stop-daemon", "run-parts", "rlwrap", "sshpass", "tmux", "unshare", "nsenter", "pkexec", "ld.so", "cpan", "pry",
		"ansible", "ansible-playbook", "msbuild", "installutil", "regasm", "regsvcs", "cmstp", "odbcconf", "pcalua", "mavinject",
		"infdefaultinstall", "presentationhost", "msdt", "ieexec", "csc.exe", "vbc", "ilasm", "scriptrunner", "diskshadow", "wsl",
		"winrm", "winrs", "hh", "mmc", "regedit", "explorer.exe", "new-object", "start-process", "invoke-command", "add-type",
		"start-job", "invoke-item", "invoke-wmimethod", "invoke-cimmethod", "new-service", "register-scheduledtask",
	}},
	{cmdExec | cmdWord, []string{"node", "dash", "fish", "source", "eval", "start", "call", "expect"}},
	{cmdChange, []string{
		"rm", "chmod", "chown", "chgrp", "mkdir", "rmdir", "mkfifo", "mknod", "ln", "mv", "cp", "del", "erase",
		"pkill", "killall", "useradd", "adduser", "usermod", "userdel", "passwd", "iptables", "insmod", "modprobe",
		"taskkill", "attrib", "icacls", "cacls", "takeown", "xcopy", "robocopy", "systemctl", "chattr",
		"apt-get", "yum", "dpkg", "rpm", "wevtutil", "vssadmin", "bcdedit", "mkfs", "umount", "unlink", "gzip",
		"gunzip", "unzip", "mysqldump", "mysql", "psql", "crond", "visudo", "setfacl", "sysctl", "init", "pfctl",
		"addgroup", "chpasswd", "chsh", "fsutil", "cipher", "wbadmin", "dnscmd", "cmdkey", "pnputil", "dism", "groupadd",
		"set-content", "remove-item", "new-item", "copy-item", "set-itemproperty", "stop-process", "stop-service",
		"out-file",
		"set-executionpolicy", "test-netconnection", "get-itemproperty", "apt-cache", "dnf", "zypper", "pacman", "snap",
	}},
	{cmdChange | cmdWord, []string{
		"touch", "kill", "move", "copy", "reboot", "shutdown", "halt", "eject", "tar", "zip", "service", "su",
		"install", "ren", "rename", "wall", "apt", "dump", "truncate", "shred", "md", "rd", "cd",
	}},
	{cmdPrint, []string{"printf", "expr"}},
	{cmdPrint | cmdWord, []string{"echo", "print"}},
	{cmdWait, []string{"usleep", "start-sleep", "waitfor"}},
	{cmdWait | cmdWord, []string{"sleep", "timeout"}},
	{cmdAdmin, []string{"wmic", "netsh", "sc", "reg", "wusa", "dsquery", "nltest", "auditpol"}},
	{cmdAdmin | cmdWord, []string{"net", "ip"}},
	{cmdBuild, []string{"git", "docker", "kubectl", "svn", "hg", "pip", "pip3"}},
	{cmdPrefix, []string{"sudo", "nohup", "xargs", "then", "else", "elif", "do", "while", "until", "setsid", "doas", "stdbuf"}},
	{cmdPrefix | cmdWord, []string{"if", "time", "exec", "command", "builtin", "nice", "watch"}},
})

// netVerbs are the subcommands of the administration tools.
var netVerbs = newWordTable([]wordGroup{
	{2, []string{"localgroup", "firewall", "advfirewall", "wlan"}},
	{1, []string{
		"user", "view", "group", "share", "use", "accounts", "start", "stop", "session", "config",
		"statistics", "interface", "int", "query", "add", "delete", "save",
		"export", "create", "addr", "address", "link", "route", "a", "r", "neigh", "clone", "log", "show", "run",
		"pull", "get", "winhttp", "qc", "time", "computer", "process", "os", "computersystem", "useraccount", "service", "product",
		"bios", "logicaldisk", "qfe", "nic", "startup",
	}},
})
