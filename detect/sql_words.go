package detect

// Classes of SQL words, by what the judge asks about them. Words of all
// dialects stand in one table: an injection does not say which server it is
// for.
const (
	sqlNone      uint8 = iota // an identifier, or a word of prose
	sqlAnd                    // and, xor
	sqlOr                     // or
	sqlNot                    // prefix operators that are words
	sqlLike                   // comparisons that are words
	sqlIn                     // in
	sqlIs                     // is
	sqlBetween                // between
	sqlDiv                    // arithmetic that is a word
	sqlUnion                  // set operators
	sqlSelect                 // select
	sqlModifier               // what may stand between select or union and its list
	sqlFrom                   // from
	sqlWhere                  // where
	sqlHaving                 // having
	sqlOrder                  // order, group
	sqlBy                     // by
	sqlLimit                  // limit, offset, fetch
	sqlInto                   // into
	sqlProcedure              // procedure
	sqlAs                     // as
	sqlCase                   // case
	sqlWhen                   // when, then, else
	sqlEnd                    // end
	sqlValue                  // constants that are words
	sqlSet                    // set
	sqlValues                 // values
	sqlInsert                 // insert, replace
	sqlUpdate                 // update
	sqlDelete                 // delete
	sqlDDL                    // drop, create, alter, truncate, rename
	sqlObject                 // what DDL makes and drops
	sqlExec                   // exec, execute, call, do, perform
	sqlDeclare                // declare
	sqlBegin                  // begin
	sqlWaitfor                // waitfor
	sqlDelay                  // delay, time
	sqlShutdown               // shutdown, and statements of one word
	sqlGrant                  // grant, revoke
	sqlTo                     // to
	sqlIf                     // if
	sqlLoad                   // load, copy, backup, restore, attach, handler, bulk
	sqlOutfile                // outfile, dumpfile
	sqlFunc                   // functions of the dialects
	sqlEffect                 // functions that wait, read, write, call out or leak by errors
	sqlPackage                // packages and procedures of the server
	sqlCatalog                // catalogues of the server
	sqlMode                   // words of clauses that follow a condition
)

// sqlWords is the vocabulary of the SQL tokeniser.
var sqlWords = newWordTable([]wordGroup{
	{sqlAnd, []string{"and", "xor"}},
	{sqlOr, []string{"or"}},
	{sqlNot, []string{"not", "binary", "any", "some", "exists", "prior"}},
	{sqlLike, []string{"like", "rlike", "regexp", "ilike", "glob", "sounds", "similar", "soundex", "collate"}},
	{sqlIn, []string{"in"}},
	{sqlIs, []string{"is", "isnull", "notnull"}},
	{sqlBetween, []string{"between"}},
	{sqlDiv, []string{"div", "mod"}},
	{sqlUnion, []string{"union", "except", "intersect", "minus"}},
	{sqlSelect, []string{"select"}},
	{sqlModifier, []string{
		"all", "distinct", "distinctrow", "top", "high_priority", "straight_join",
		"sql_small_result", "sql_big_result", "sql_buffer_result", "sql_cache",
		"sql_no_cache", "sql_calc_found_rows",
	}},
	{sqlFrom, []string{"from"}},
	{sqlWhere, []string{"where"}},
	{sqlHaving, []string{"having"}},
	{sqlOrder, []string{"order", "group"}},
	{sqlBy, []string{"by"}},
	{sqlLimit, []string{"limit", "offset", "fetch"}},
	{sqlInto, []string{"into"}},
	{sqlProcedure, []string{"procedure"}},
	{sqlAs, []string{"as"}},
	{sqlCase, []string{"case"}},
	{sqlWhen, []string{"when", "then", "else"}},
	{sqlEnd, []string{"end"}},
	{sqlValue, []string{
		"null", "true", "false", "unknown", "current_user", "session_user",
		"system_user", "current_date", "current_time", "current_timestamp",
		"localtime", "localtimestamp", "sysdate", "current_database",
		"current_schema", "current_catalog", "current_role",
	}},
	{sqlSet, []string{"set", "pragma"}},
	{sqlValues, []string{"values"}},
	{sqlInsert, []string{"insert", "replace"}},
	{sqlUpdate, []string{"update"}},
	{sqlDelete, []string{"delete"}},
	{sqlDDL, []string{"drop", "create", "alter", "truncate", "rename"}},
	{sqlObject, []string{
		"table", "database", "function", "view", "index", "schema", "trigger",
		"column", "login", "role", "user", "sequence", "extension", "tablespace",
		"language", "temporary", "temp",
	}},
	{sqlExec, []string{"exec", "execute", "call", "perform"}},
	{sqlDeclare, []string{"declare"}},
	{sqlBegin, []string{"begin"}},
	{sqlWaitfor, []string{"waitfor"}},
	{sqlDelay, []string{"delay", "time"}},
	{sqlShutdown, []string{"shutdown", "commit", "rollback", "reconfigure", "vacuum"}},
	{sqlGrant, []string{"grant", "revoke"}},
	{sqlTo, []string{"to"}},
	{sqlIf, []string{"if", "while"}},
	{sqlLoad, []string{"load", "copy", "backup", "restore", "attach", "handler", "bulk"}},
	{sqlOutfile, []string{"outfile", "dumpfile"}},
	{sqlFunc, []string{
		"abs", "acos", "aes_decrypt", "aes_encrypt", "ascii", "asin", "atan", "avg",
		"bin", "bit_length", "cast", "ceil", "ceiling", "char", "char_length",
		"character_length", "charindex", "chr", "coalesce", "concat", "concat_ws",
		"connection_id", "conv", "convert", "cos", "count", "crc32", "curdate",
		"current_setting", "curtime", "cot", "date_format", "datediff", "datepart",
		"db_id", "db_name", "decode", "degrees", "des_decrypt", "des_encrypt",
		"elt", "encode", "encrypt", "exp", "export_set", "field", "find_in_set",
		"floor", "format", "found_rows", "from_base64", "getdate", "greatest",
		"group_concat", "has_dbaccess", "hex", "host_name", "ifnull", "iif", "initcap",
		"instr", "is_srvrolemember", "is_member", "json_extract", "last_insert_id",
		"lcase", "least", "left", "len", "length", "listagg", "ln", "locate", "log",
		"log10", "log2", "lower", "lpad", "ltrim", "make_set", "max", "md5", "mid",
		"min", "nchar", "newid", "now", "nullif", "nvl", "nvl2", "object_id",
		"object_name", "octet_length", "ord", "parsename", "password", "patindex", "pi",
		"position", "pow", "power", "quote", "quotename", "radians", "rand", "random",
		"rawtohex", "regexp_like", "regexp_replace", "regexp_substr",
		"regexp_substring", "repeat", "replicate", "reverse", "right", "round",
		"row_count", "rpad", "rtrim", "schema_name", "serverproperty", "sha", "sha1",
		"sha2", "sign", "sin", "space", "sqlite_version", "sqrt", "stddev", "str",
		"strcmp", "string_agg", "stuff", "substr", "substring", "substring_index",
		"sum", "suser_name", "suser_sname", "sys_context", "tan", "to_base64",
		"to_char", "to_date", "to_number", "translate", "trim", "trunc", "ucase",
		"uncompress", "unhex", "unicode", "upper", "user_id", "user_name", "userenv",
		"uuid", "variance", "version", "wm_concat", "xmlagg", "xmlrow",
		"quote_literal", "quote_ident", "array_to_string", "hashbytes",
		"sqlite_compileoption_get", "crypt_key", "columns_updated",
		"polygon", "multipoint", "linestring", "readfile", "writefile",
		"xmlexists", "xmlserialize", "json_length", "json_valid", "json_type", "json_contains", "starts_with", "regexp_count", "regexp_instr",
		"geometrycollection", "multipolygon", "multilinestring", "uuid_to_bin", "bin_to_uuid",
		"json_arrayagg", "json_object", "host", "typeof",
		"nlssort", "year",
		"month", "day", "hour", "minute", "second",
	}},
	{sqlEffect, []string{
		"sleep", "benchmark", "pg_sleep", "pg_sleep_for", "pg_sleep_until",
		"get_lock", "release_lock", "load_file", "load_extension", "extractvalue",
		"updatexml", "randomblob", "zeroblob", "generate_series", "name_const",
		"gtid_subset", "gtid_subtract", "json_keys", "openrowset", "opendatasource",
		"openquery", "pg_read_file", "pg_read_binary_file", "pg_ls_dir",
		"pg_stat_file", "lo_import", "lo_export", "lo_from_bytea", "lo_get",
		"dblink", "dblink_connect", "dblink_exec", "query_to_xml", "database_to_xml",
		"xmltype", "httpuritype", "sys_eval", "sys_exec", "sys_get", "sys_set",
		"fn_xe_file_target_read_file", "fn_get_audit_file", "fn_trace_gettable",
		"fn_varbintohexstr", "fts3_tokenizer",
		"st_latfromgeohash", "st_longfromgeohash",
		"st_pointfromgeohash",

		"master_pos_wait",
	}},
	{sqlPackage, []string{
		"dbms_pipe", "dbms_lock", "dbms_session", "dbms_utility", "dbms_xmlgen",
		"dbms_xmlquery", "dbms_java", "dbms_java_test", "dbms_export_extension",
		"dbms_scheduler", "dbms_sql", "dbms_output", "dbms_ldap", "dbms_random",
		"dbms_assert", "dbms_metadata", "dbms_advisor", "dbms_xslprocessor",
		"dbms_lob", "dbms_job", "dbms_xmlparser", "dbms_cdc_publish", "dbms_jvm_exp_perms",
		"utl_http", "user_lock", "utl_inaddr", "utl_file", "utl_tcp", "utl_smtp", "utl_url",
		"utl_raw", "utl_encode", "ctxsys", "ordsys", "drithsx", "httpuri",
		"xp_cmdshell", "xp_dirtree", "xp_fileexist", "xp_regread", "xp_regwrite",
		"xp_regdeletekey", "xp_regdeletevalue", "xp_regenumkeys", "xp_regenumvalues",
		"xp_subdirs", "xp_servicecontrol", "xp_availablemedia", "xp_enumdsn",
		"xp_loginconfig", "xp_makecab", "xp_ntsec_enumdomains", "xp_terminate_process",
		"xp_getfiledetails", "xp_msver", "xp_sprintf", "xp_enumgroups",
		"xp_startmail", "xp_sendmail", "xp_readmail", "xp_logininfo",
		"sp_addextendedproc", "sp_addlogin", "sp_addsrvrolemember", "sp_configure",
		"sp_dropextendedproc", "sp_execute", "sp_executesql", "sp_helpdb",
		"sp_makewebtask", "sp_oacreate", "sp_oamethod", "sp_oagetproperty",
		"sp_password", "sp_prepare", "sp_replwritetovarbin", "sp_start_job",
		"sp_add_job", "sp_add_jobstep", "sp_send_dbmail", "sp_helptext", "sp_who",
		"sp_help", "sp_columns", "sp_tables", "sp_linkedservers", "sp_adduser",
		"sp_defaultdb", "sp_delete_alert", "sp_execute_external_script",
	}},
	{sqlCatalog, []string{
		"information_schema", "sysobjects", "syscolumns", "sysusers", "sysdatabases",
		"sysprocesses", "syslogins", "sysxlogins", "pg_catalog", "pg_user",
		"pg_shadow", "pg_database", "pg_class", "pg_tables", "pg_namespace",
		"pg_attribute", "pg_authid", "pg_stat_activity", "pg_settings", "pg_roles",
		"sqlite_master", "sqlite_schema", "sqlite_temp_master", "all_tables",
		"all_tab_columns", "all_users", "all_objects", "user_tables", "user_objects",
		"user_tab_columns", "user_users", "dba_users", "dba_tables", "dba_objects",
		"all_views", "v$version", "v$instance", "v$database", "v$session",
		"v$parameter", "rdb$database", "rdb$fields", "rdb$relations", "rdb$types",
		"rdb$functions", "rdb$collations", "sysibm", "syscat", "systables",
		"msysobjects", "msysaces", "msysaccessobjects", "performance_schema",
		"mysql", "dual", "tab", "global_name", "session_privs", "user_sys_privs",
		"role_sys_privs", "user_role_privs", "master", "sys",
		"schemata", "pg_proc", "pg_language", "pg_largeobject",
	}},
	{sqlMode, []string{
		"for", "lock", "separator", "using", "with", "asc", "desc", "nulls", "on",
		"inner", "join", "natural", "cross", "outer", "full", "sample", "escape",
		"exit", "returning", "identified", "add", "change", "modify", "cascade", "restrict", "engine", "partition",
	}},
})
