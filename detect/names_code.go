package detect

// Functions of server-side languages, by what a call of them gives away.

const (
	fnNone    uint8  = iota
	fnRun            // runs a command
	fnEval           // runs code
	fnShow           // tells about the server
	fnRead           // opens files or URLs
	fnDecode         // unwraps code
	fnReflect        // reaches classes and modules by name
	fnWait           // waits
	fnOwn     = 0x40 // no other language, library or text has this name
	fnKinds   = 0x3f
)

var codeFunctions = newWordTable([]wordGroup{
	{fnRun | fnOwn, []string{
		"shell_exec", "passthru", "proc_open", "pcntl_exec", "expect_popen", "execsync", "spawnsync",
		"execfilesync", "check_output", "getoutput", "getstatusoutput", "xp_cmdshell", "wscript.shell",
		"ssh2_exec", "backtick", "popen2", "popen3", "popen4", "posix_spawn", "execv", "execve", "execvp", "execl",
		"check_call", "capture2", "capture3", "syscall",
	}},
	{fnRun, []string{"system", "exec", "popen", "spawn", "execfile", "shellexecute", "startfile", "run", "fork", "call", "spawnl", "spawnv"}},
	{fnEval | fnOwn, []string{
		"create_function", "call_user_func", "call_user_func_array", "register_shutdown_function",
		"array_walk_recursive", "instance_eval", "class_eval", "executeglobal", "ob_start", "forward_static_call",
		"register_tick_function", "mb_ereg_replace", "array_map", "array_filter", "usort", "uasort", "uksort",
		"array_walk", "array_reduce", "preg_replace_callback", "module_eval", "exec_module", "iterator_apply",
		"runinthiscontext", "runinnewcontext",
	}},
	{fnEval, []string{"eval", "assert", "execute", "preg_replace", "unserialize", "function", "constantize", "send", "instance_variable_get"}},
	{fnShow | fnOwn, []string{
		"phpinfo", "php_uname", "phpversion", "get_current_user", "posix_getpwuid", "posix_getuid", "getmyuid",
		"get_defined_vars", "get_cfg_var", "php_sapi_name", "get_loaded_extensions", "get_defined_constants",
		"sys_getloadavg", "getmypid", "disk_free_space", "get_user_file", "phpcredits", "sys_get_temp_dir",
		"posix_uname", "posix_getlogin", "zend_version", "ini_get_all",
	}},
	{fnShow, []string{
		"getenv", "var_dump", "print_r", "print", "die", "exit", "var_export", "printf", "md5", "echo", "println",
		"ini_get", "ini_set", "set_time_limit", "error_reporting", "getcwd", "puts",
	}},
	{fnRead | fnOwn, []string{
		"file_get_contents", "file_put_contents", "readfile", "show_source", "highlight_file", "include_once",
		"require_once", "scandir", "move_uploaded_file", "parse_ini_file", "fpassthru", "php_strip_whitespace",
		"highlight_string", "symlink", "opendir", "readlink", "simplexml_load_file", "fsockopen", "curl_exec",
		"readgzfile", "gzfile", "readfilesync", "readdirsync", "writefilesync", "createobject", "popenfile",
	}},
	{fnRead, []string{"fopen", "fwrite", "fputs", "include", "require", "open", "file", "unlink", "glob", "copy", "readdir"}},
	{fnDecode | fnOwn, []string{
		"base64_decode", "gzinflate", "gzuncompress", "str_rot13", "hex2bin", "strrev", "convert_uudecode",
		"gzdecode", "rawurldecode", "b64decode", "convert_uuencode",
	}},
	{fnDecode, []string{"chr", "urldecode", "pack", "fromcharcode", "join", "implode"}},
	{fnReflect | fnOwn, []string{
		"__import__", "getruntime", "processbuilder", "__subclasses__", "__getattribute__", "__reduce__",
		"getenginebyname", "scriptenginemanager", "getdeclaredmethod", "getdeclaredmethods", "getdeclaredconstructors",
		"__globals__", "__builtins__", "getclassloader", "defineclass", "newinstance", "subclasses", "mro", "binding",
		"loadclass", "getparameter", "getsystemclassloader", "getdeclaredfield",
	}},
	{fnReflect, []string{"forname", "getclass", "getmethod", "getmethods", "getattr", "globals", "import_module", "load", "dlopen"}},
	{fnWait, []string{"sleep", "usleep", "time_nanosleep", "waitfor"}},
})

// pythonNames are attributes by which Python objects lead to everything.
var pythonNames = newWordTable([]wordGroup{
	{1, []string{
		"__globals__", "__subclasses__", "__builtins__", "__mro__", "__bases__", "__base__", "__import__",
	}},
	{2, []string{"__getattribute__", "__getitem__", "__code__", "__reduce__", "__loader__", "__class__", "__init__", "__dict__", "__name__", "__self__", "__module__", "__call__", "__new__", "__func__"}},
})

// templateRoots are objects that template engines put into every template.
var templateRoots = newWordTable([]wordGroup{
	{1, []string{
		"self", "_self", "config", "settings", "lipsum", "cycler", "joiner", "namespace", "url_for",
		"get_flashed_messages", "request", "app", "session", "application", "_context", "joinpoint",
		"pagecontext", "facescontext", "smarty", "freemarker", "velocity", "class",
	}},
})

// gadgetClasses are classes of Java libraries that turn the reading of an
// object into the running of code.
var gadgetClasses = newWordTable([]wordGroup{
	{1, []string{
		"invokertransformer", "instantiatetransformer", "chainedtransformer", "constanttransformer",
		"clonetransformer", "forclosure", "whileclosure", "instantiatefactory", "prototypeclonefactory",
		"prototypeserializationfactory", "templatesimpl", "jdbcrowsetimpl", "beancomparator",
		"bcelclassloader", "annotationinvocationhandler", "transformedmap", "tiedmapentry", "lazymap",
		"badattributevalueexpexception", "methodinvoketypeprovider", "jndirowset", "jrmpclient", "jrmplistener",
		"unicastremoteobject", "scriptenginemanager", "instantiatorbyname", "jndilookup", "jndibindingenumeration",
		"ldapattribute", "objectdataprovider", "losformatter", "objectstateformatter", "typeconfusedelegate",
		"activitysurrogateselector", "assemblyinstaller", "inet4address", "inet6address", "inetsocketaddress",
		"jndiloginmodule", "hexasciiserializedmap", "wrapperconnectionpooldatasource", "poolbackeddatasource",
		"jndirefforwardingdatasource", "jndiconfiguration", "classpathxmlapplicationcontext",
		"filesystemxmlapplicationcontext", "drivermanagerconnectionsource", "securegroovyscript", "xalanobject",
		"rdnentry", "xrtreefrag", "nativestring", "methodclosure", "convertedclosure", "signedobject", "hotswappabletargetsource", "closurefactory", "switchclosure",
	}},
})

// runtimeFamilies are beginnings of names that only functions of PHP's
// extensions have.
var runtimeFamilies = [...]string{
	"posix_", "odbc_", "pg_", "tidy_", "pcntl_", "proc_", "ftp_", "ssh2_", "socket_", "stream_", "apache_",
	"ini_", "imap_", "mysqli_", "sqlite_", "session_", "curl_", "openssl_", "xdebug_", "opcache_", "assert_",
	"php_", "mysql_", "oci_", "shmop_", "zend_", "get_defined_", "get_loaded_", "ob_", "readline_", "runkit_",
}
