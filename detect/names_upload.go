package detect

// Names of uploads, by what a web server does with a file called so.

const (
	extPage   uint8 = 1 + iota // run as a page by the servers it is made for
	extHidden                  // run as a page by some, and honest elsewhere
	extShown                   // delivered as it is
)

var uploadExtensions = newWordTable([]wordGroup{
	{extPage, []string{
		"php", "php2", "php3", "php4", "php5", "php6", "php7", "php8", "phps", "pht", "phtml", "phtm", "phar", "pgif", "shtml", "shtm",
		"stm", "jsp", "jspx", "jspf", "jspa", "jsw", "jsv", "jhtml", "asp", "aspx", "asa", "asax", "ascx", "ashx", "asmx", "axd", "cdx",
		"cshtml", "vbhtml", "cfm", "cfml", "cgi", "fcgi", "rhtml", "soap", "aspq",
	}},
	{extHidden, []string{"cer", "war", "inc", "pl", "py", "rb", "cfc", "svc", "ear", "rem", "rules", "xamlx", "hta"}},
	{extShown, []string{
		"jpg", "jpeg", "jpe", "jfif", "png", "gif", "bmp", "webp", "ico", "svg", "tif", "tiff", "heic", "avif", "pdf", "doc", "docx",
		"xls", "xlsx", "ppt", "pptx", "odt", "txt", "csv", "zip", "rar", "gz", "7z", "mp3", "mp4", "avi", "mov", "html", "htm",
	}},
})

// uploadConfigs are files by which a folder changes what its server runs.
var uploadConfigs = newWordTable([]wordGroup{{1, []string{
	".htaccess", ".htpasswd", "web.config", ".user.ini", "php.ini", "machine.config", "web.xml", "global.asa", "uwsgi.ini",
}}})

// uploadFields are header fields in which clients name the file they send.
var uploadFields = newWordTable([]wordGroup{{1, []string{
	"x-filename", "x_filename", "x-file-name", "x_file_name", "x.filename", "x-upload-name", "content-disposition",
}}})
