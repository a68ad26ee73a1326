package detect

import (
	"fmt"
	"math/rand"
	"testing"
)

func TestUploadNames(t *testing.T) {
	for _, in := range []string{
		"avatar.php.png", "a.aspx;.jpg", "shell.php", "SHELL.PhP5", "x.phtml", "a.jsp", "up.jspx", "a.cgi", "x.shtml", "x.php.", "x.php...", "x.php ",
		"x.php%00.png", "x.php\x00.png", "x.asp::$DATA", "x.asp:.jpg", "x.php\n.png", ".htaccess", "web.config", ".user.ini", "../x/y.php",
		`C:\fakepath\a.aspx`, "a.b.jsp.pdf", "x.cer;.png", "photo.jpg.php",
	} {
		mustFind(t, FileUpload, kindFileName, in)
	}
	for _, in := range []string{
		"main.py", "Introduction to ASP.NET.pdf", "jquery-3.7.min.js", "photo.jpg", "report.final.docx", "php.txt", "asp.pdf", "my.php-notes.txt",
		"archive.tar.gz", "server.cer", "app.war", "Makefile", "index.html", "style.css", "a.rb", "tool.pl", "config.json", "v1.2.3", "x..y.png", "12:30.png",
		"Invoice; March.pdf", "100% done.txt", "what is php?.md", "image (1).png", "façade.png", "写真.jpg", ".gitignore", ".env.example", "settings.ini",
	} {
		mustPass(t, FileUpload, kindFileName, in)
	}
	// In a path only what hides counts: pages are asked for all day.
	mustFind(t, FileUpload, kindPath, "/up/x.php.jpeg")
	mustPass(t, FileUpload, kindPath, "/index.php")
	mustPass(t, FileUpload, kindPath, "/img.php/logo.png")
	mustPass(t, FileUpload, kindParam, "x.php.jpeg")
}

func TestUploadContent(t *testing.T) {
	for _, in := range []string{
		"GIF89a<?=f($x)?>    ", "GIF89a\n<?php eval($x); ?>", "%PDF-1.4 <% eval request(\"a\") %>", "AddType application/x-httpd-php .png",
		"SetHandler application/x-httpd-php", "auto_prepend_file=a.png",
	} {
		mustFind(t, FileUpload, kindFile, in)
	}
	for _, in := range []string{
		"<?php echo 1;", "GIF89a is the magic of an image", "<html><?xml version=\"1.0\"?></html>", "%PDF-1.4\n1 0 obj <</Type /Catalog>> endobj",
		"Options -Indexes\nRewriteEngine on", "print('hello')", "<svg><style>a{b:c}</style></svg>",
	} {
		mustPass(t, FileUpload, kindFile, in)
	}
}

// Positions, and an image that is binary throughout.
func TestUploadPositions(t *testing.T) {
	f := func(raw string, want bool) {
		t.Helper()
		for _, m := range inspect(t, Options{}, raw) {
			if m.Class == FileUpload {
				if !want {
					t.Errorf("%q: got %s at %s", raw, m.Rule, &m.Point)
				}
				return
			}
		}
		if want {
			t.Errorf("%q: not found", raw)
		}
	}
	part := func(head, body string) string {
		return "POST /\nContent-Type: multipart/form-data; boundary=B\n\n--B\r\nContent-Disposition: form-data; name=f; " + head + "\r\n\r\n" + body + "\r\n--B--"
	}
	f(part(`filename="a.php"`, "x"), true)
	f(part("filename=a.jsp", "x"), true)
	f(part("filename*=UTF-8''a%2Ephp", "x"), true)
	f(part(`filename="a.png"`, "\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR\x00\x00<?php system($x); ?>\x00\x00"), true)
	f(part(`filename="a.png"`, "\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR\x00\x00<?=\x00\x01<%\x02<?xpacket begin=''?>\x00"), false)
	f(part(`filename="a.py"`, "import os\nprint(1)\n"), false)
	f("POST /\nX-Filename: a.php\n\nx", true)
	f("POST /\nContent-Disposition: attachment; filename=\"a.php\"\n\nx", true)
	f("GET /\nX-Page: a.php\n\n", false)
	f("GET /a.php?f=b.php\n\n", false)
}

// TestUploadMetamorphic joins page extensions with what servers cut off.
func TestUploadMetamorphic(t *testing.T) {
	for _, ext := range []string{"php", "PHP", "pHp7", "phtml", "asp", "aspx", "jsp", "cfm"} {
		for _, form := range []string{
			"a.%s", "a.b.%s", "a.%s.jpg", "a.%s.PNG", "a.png.%s", "a.%s.", "a.%s .", "a.%s\x00.jpg", "a.%s%%00.jpg", "a.%s%%0a.jpg", "a.%s;.jpg", "a.%s:.jpg",
			"a.%s::$DATA", "../../a.%s", "/srv/www/a.%s", `..\a.%s`, "a b.%s",
		} {
			mustFind(t, FileUpload, kindFileName, fmt.Sprintf(form, ext))
		}
	}
}

// Random bytes make marks of pages, photographs too: none of many megabytes
// is an attack.
func TestUploadPhotos(t *testing.T) {
	p, s := mustPolicy(t, Options{}), &Scratch{}
	for seed := range int64(24) {
		v := p.Inspect(uploadRequest(rand.New(rand.NewSource(seed))), 1, s)
		for i := range v.Matches {
			m := &v.Matches[i]
			t.Errorf("seed %d: %s at %s: %q", seed, m.Rule, &m.Point, m.Value[m.Start:min(m.End, m.Start+20)])
		}
	}
	for _, mark := range []string{"<?=", "<%=", "<% ", "<%@", "<?php "} {
		b := []byte("\xff\xd8\xff\xe0\x00\x10JFIF\x00" + mark + "\xbc\xb7 \xae\xc6\xf5~\xc5\xb2f*\xa6/\xd7\xa2\xec\x96M\x0e\xa9")
		if at := pageCode(b); at >= 0 {
			t.Errorf("%q: code at %d", b, at)
		}
	}
}
