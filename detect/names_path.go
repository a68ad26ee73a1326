package detect

// Names of files, by property. A path is looked up by its segments from the
// right: "etc/passwd" is the tail of any path that ends so.

// The value of a path to somebody who should not read it.
const (
	fileNone    uint8 = iota
	fileLog           // a log or a configuration: wanted only by its place
	fileSystem        // belongs to the system or the server, not to the site
	fileSecret        // secrets, accounts, the classic proofs of reading
	fileDotName       // a name that alone is never asked for by a page
)

// secretTails are two segments at the end of a path, or anywhere for folders.
var secretTails = newWordTable([]wordGroup{
	{fileSecret, []string{
		"etc/passwd", "etc/shadow", "etc/group", "etc/hosts", "etc/issue", "etc/gshadow",
		"etc/sudoers", "etc/fstab", "etc/mtab", "etc/crontab", "etc/motd", "etc/profile",
		"etc/resolv.conf", "etc/hostname", "etc/networks", "etc/services", "etc/inetd.conf",
		"etc/master.passwd", "etc/ftpusers", "etc/exports", "etc/syslog.conf", "etc/my.cnf",
		"etc/php.ini", "etc/httpd.conf", "etc/nginx.conf", "etc/vsftpd.conf", "etc/proftpd.conf",
		"etc/inittab", "etc/bashrc", "etc/aliases", "etc/ld.so.conf", "etc/rsyncd.conf",
		"etc/hosts.allow", "etc/hosts.deny", "etc/hosts.equiv", "etc/redhat-release",
		"etc/debian_version", "etc/os-release", "etc/lsb-release", "etc/system", "etc/vfstab",
		"etc/utmp", "etc/wtmp", "etc/rpc", "etc/environment", "etc/krb5.keytab", "etc/security",
		"etc/ssh", "etc/ssl", "etc/sudoers.d", "etc/pam.d", "etc/shells", "etc/protocols",
		"etc/logrotate.conf", "etc/sysctl.conf", "etc/lilo.conf", "etc/mysql", "etc/apache2",
		"etc/apache", "etc/httpd", "etc/nginx", "etc/php", "etc/php5", "etc/php4", "etc/tomcat",
		"etc/security.d", "etc/network", "etc/sysconfig", "etc/cron.d", "etc/rc.d", "etc/init.d",
		"etc/snmp", "etc/samba", "etc/ldap", "etc/openldap", "etc/postfix", "etc/kubernetes",
		"etc/proftpd", "etc/pure-ftpd", "etc/wu-ftpd", "etc/exim", "etc/exim4", "etc/default",
		"proc/self", "proc/version", "proc/cmdline", "proc/cpuinfo", "proc/meminfo", "proc/mounts",
		"proc/net", "proc/partitions", "proc/interrupts", "proc/modules", "proc/stat", "proc/swaps",
		"proc/filesystems", "proc/devices", "proc/sched_debug", "proc/sys", "proc/1",
		"windows/win.ini", "winnt/win.ini", "windows/system.ini", "winnt/system.ini",
		"windows/repair", "winnt/repair", "windows/system32", "winnt/system32", "windows/panther",
		"windows/debug", "windows/csc", "windows/inf", "windows/php.ini", "winnt/php.ini",
		"windows/my.ini", "windows/temp", "windows/iis", "windows/syswow64", "windows/sysvol",
		"windows/ntds", "windows/windowsupdate.log", "system32/config", "system32/inetsrv",
		"system32/drivers", "system32/cmd.exe", "web-inf/web.xml", "web-inf/classes", "web-inf/lib",
		"meta-inf/context.xml", "meta-inf/manifest.mf", ".git/config", ".git/head", ".git/index",
		".git/logs", ".svn/entries", ".svn/wc.db", ".hg/hgrc", ".ssh/id_rsa", ".ssh/id_dsa",
		".ssh/id_ecdsa", ".ssh/id_ed25519", ".ssh/authorized_keys", ".ssh/known_hosts", ".ssh/config",
		".aws/credentials", ".aws/config", ".docker/config.json", ".kube/config",
		"serviceaccount/token", "run/secrets", "root/.bashrc", "root/.profile",
		"boot/grub", "boot/grub2", "boot/loader", ".git/refs", ".git/objects", ".git/hooks", ".git/packed-refs", ".git/description",
		".svn/text-base", ".svn/props", ".gnupg/secring.gpg", ".kube/cache", ".config/gcloud", ".azure/accesstokens.json",
		"etc/ld.so.preload", "etc/anacrontab", "etc/at.allow", "etc/cron.daily", "etc/subuid", "etc/securetty", "etc/nsswitch.conf",
		"etc/systemd", "etc/udev", "etc/xinetd.d", "etc/dovecot", "etc/bind", "etc/letsencrypt", "etc/docker", "etc/redis",
	}},
	{fileSystem, []string{
		"conf/httpd.conf", "conf/php.ini", "conf/web.xml", "conf/tomcat-users.xml", "conf/server.xml",
		"conf/nginx.conf", "conf/my.cnf", "lib/php.ini", "bin/php.ini", "php/php.ini", "etc/rc.local",
		"logs/access.log", "logs/access_log", "logs/error.log", "logs/error_log", "log/access.log",
		"log/access_log", "log/error.log", "log/error_log", "var/log", "var/adm", "var/mail",
		"var/spool", "var/cron", "var/lp", "var/saf", "var/lock", "var/cpanel",
		"var/backups", "usr/etc", "usr/spool", "usr/ports",
		"usr/pkgsrc", "usr/apache", "usr/apache2", "private/etc",
		"private/var", "opt/lampp", "opt/xampp", "opt/apache", "opt/apache2", "opt/tomcat",
		"var/apache", "var/apache2", "var/nginx", "system/library", "dev/mem", "dev/tcp",
		"var/lib/mysql", "lib/mysql", "lib/php", "lib/systemd", "lib/docker", "lib/cron", "local/apache", "local/apache2", "local/nginx",
		"local/tomcat", "local/mysql", "usr/lib/cron", "sys/class", "sys/kernel", "logs/proftpd.system.log", "local/etc", "local/php",
	}},
	{fileLog, []string{
		"var/run", "var/lib", "usr/local", "usr/lib", "usr/share", "usr/sbin", "usr/bin", "dev/urandom",
		"dev/random", "dev/zero", "dev/null", "library/webserver", "program files/apache", "var/www", "opt/app",
		"home/user", "srv/www",
	}},
})

// secretNames are last segments that are never part of a site's own pages.
var secretNames = newWordTable([]wordGroup{
	{fileDotName, []string{
		".htaccess", ".htpasswd", ".env", ".bash_history", ".mysql_history", ".sh_history",
		".ksh_history", ".zsh_history", ".pgpass", ".netrc", ".my.cnf", ".npmrc", ".pypirc",
		".git-credentials", ".dockercfg", ".rhosts", ".history", ".psql_history", ".bashrc", ".bash_profile",
		".logout", ".passwd", ".htgroup", ".mailrc", ".bash_logout",
	}},
	{fileSecret, []string{
		"boot.ini", "win.ini", "ntuser.dat", "ntuser.ini", "ntds.dit", "global.asa", "global.asax",
		"web.config", "machine.config", "applicationhost.config", "metabase.xml", "sysprep.inf",
		"sysprep.xml", "unattend.xml", "unattended.xml", "unattend.txt", "unattended.txt",
		"autoexec.bat", "config.sys", "pagefile.sys", "hiberfil.sys", "master.passwd", "id_rsa",
		"id_dsa", "id_rsa.pub", "authorized_keys", "wp-config.php", "tomcat-users.xml", "secevent.evt", "shadow", "passwd",
		"cmd.exe", "powershell.exe",
	}},
	{fileSystem, []string{
		"php.ini", "my.cnf", "my.ini", "httpd.conf", "nginx.conf", "apache2.conf", "proftpd.conf",
		"vsftpd.conf", "httpd.conf.php", "httpd.conf.default", "pure-ftpd.conf", "pureftpd.pdb",
		"pureftpd.passwd", "pure-ftpd.pdb", "sshd_config", "smb.conf", "lighttpd.conf", "redis.conf",
		"cpanel.config", "sendmail.ini", "sendmail.log", "mercury.ini", "webalizer.conf",
		"desktop.ini", "config.inc", "config.inc.php", "webdav.txt", "filezilla server.xml",
		"filezillaserver.xml", "iis6.log", "wpsettings.dat", "php.ini-development", "apachectl",
		"mysql.err", "hostname.err", "mysql.log", "mysql-bin.log", "mysqld.log", "mysqlderror.log",
		"access_log", "error_log", "access.log", "error.log", "xferlog", "maillog", "syslog",
		"messages", "auth.log", "secure", "lastlog", "wtmp", "utmp", "mysql-slow.log", "catalina.out",
		"httpd-access.log", "httpd-error.log", "ssl_request_log", "thttpd_log", "license_log",
		"stats_log", "vsftpd.log", "proftpd.log", "pure-ftpd.log", "pureftpd.log", "exim_mainlog",
	}},
})

// systemEndings end the names of what systems and servers keep: settings,
// logs, keys, scripts, data of programs.
var systemEndings = newWordTable([]wordGroup{
	{1, []string{
		"conf", "config", "cfg", "cnf", "cf", "ini", "inc", "d", "log", "err", "old", "bak", "orig", "save", "sample", "default",
		"rc", "sh", "bash", "pl", "py", "rb", "php", "cgi", "lua", "local", "allow", "deny", "equiv", "key", "pem", "crt",
		"cert", "csr", "pub", "ppk", "jks", "p12", "pfx", "keytab", "db", "sqlite", "sqlite3", "mdb", "frm", "myd", "myi",
		"ibd", "sql", "dump", "xml", "yml", "yaml", "toml", "properties", "env", "list", "sources", "service", "socket",
		"timer", "rules", "map", "users", "passwd", "password", "shadow", "secret", "secrets", "auth", "pid", "lock", "sock",
		"gz", "tar", "txt", "dat", "asa", "asax", "aspx", "asp", "jsp", "jspx", "java", "class", "plist", "types", "policy", "hosts",
		"conf-dist", "tmp", "swp", "info", "xslt", "out", "daily", "hourly", "weekly", "monthly", "stat", "state", "eth0", "release",
		"emerg", "alert", "crit", "warn", "notice", "debug", "xz", "zst", "bz2",
	}},
})

// serverRoots are first segments below a drive or the root that belong to
// packaged servers and systems.
var serverRoots = newWordTable([]wordGroup{
	{fileSystem, []string{
		"xampp", "wamp", "wamp64", "lampp", "apache", "apache2", "apache24", "inetpub", "winnt",
		"php", "php4", "php5", "mysql", "sysprep", "$recycle.bin", "system volume information",
		"recycler", "appserv", "netserver", "system32", "home2",
	}},
	{fileLog, []string{"log", "logs", "opt", "home", "usr", "var", "etc", "proc", "root", "users", "web", "www",
		"windows", "program files", "programfiles", "program files (x86)", "documents and settings"}},
})
