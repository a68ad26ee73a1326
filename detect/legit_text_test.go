package detect

import "strings"

// legitTexts are values that people and programs send and that no judge may
// count at balanced sensitivity.
var legitTexts = []string{
	// Names, addresses, numbers, products.
	"O'Neil", "D'Angelo & Sons", "Conan O'Brien or Seán O'Rourke", "Jean-Luc d'Arcy", "Robert'; no, just Robert",
	"Flat 3/4, 17 King's Rd; ring twice", "221B Baker Street -- top floor", "P.O. Box #42", "(+44) 20 7946-0958",
	"anna.or.else@mail.example", "and@or.example", "<anna@mail.example>", "Anna Berg <anna@mail.example>",
	`19" monitor and 2" stand`, `6' 2" tall, 80 kg`, "5'10", "shirt 'XL' & trousers 'M'", "C:\\Users\\anna\\notes.txt",
	"1/2 cup or 3/4 cup", "2 or 3", "1984 or 2001", "10 and 20", "7-Eleven", "4 for 10", "A4 #7 -- blue", "R&D; QA; Ops",
	"3.5e-7 m and 2 m", "a < b", "x > y and y < z", "if (a < b) then c", "1 < 2 > 1", "List<String>", "Map<String, List<Integer>>",
	"Rock 'n' Roll", "'80s and '90s", "the \"best\" of '99 or 2000", "like new", "in between", "is null", "Where is Waldo?",
	"drop table tennis", "create a view", "order by phone", "group by the pool", "limit 5 per customer", "union square",
	"select all that apply", "insert coin", "update available", "delete me later", "exec team", "having fun",
	"table for two; select wines", "case closed", "set the table", "values and beliefs", "from A to Z",
	// Prose with words of SQL and of script.
	"The student union will select two members from the list.",
	"Select a date from the list, or leave it and order by phone.",
	"Her union and select committee sat between 1990 and 1995.",
	"You can drop the table at our place; declare it as a gift.",
	"It's 5 o'clock, and I'd like to sleep (8 hours) or read.",
	"Don't alert (yet) the others, we'll confirm (by mail) tomorrow.",
	"I'm sure that's what 'they' said, and it isn't what we'd like.",
	"Please confirm; the location = Berlin, the document is enclosed.",
	"JavaScript: the parts that everybody likes", "Data: text and figures", "script of the play, act one",
	"She said: \"on time = on budget\" and left.", "Once = never, only = always", "on sale = 20% off",
	"Is it true that 2 + 2 = 4? Or is it 5; who knows -- we don't.",
	"The style is plain, the font is big, the body is sound.",
	// Prose in other languages.
	"C'est l'été, et l'on n'a pas besoin d'un parapluie; n'est-ce pas ?",
	"L'union fait la force, d'où l'envie d'agir et d'aimer l'autre.",
	"Das ist's: \"Wer wagt, gewinnt\" - und wer nicht, der eben nicht (oder?).",
	"¿Qué hora es? Son las 3 o las 4; no sé -- pregunta a Ana.",
	"L'onorevole dell'Unione ha detto: «un'altra volta», e poi nient'altro.",
	"A casa d'água, ou o copo d'água = tanto faz.",
	"Это объединение 'Союз' или нет? Выбери дату из списка (5 = пять).",
	"今日は「晴れ」または「曇り」です(1と2)。", "选择日期=今天;或者 '明天' 也可以。", "다음 중 하나를 선택하세요: 1 또는 2 (필수)",
	"Hvis det er sant, så er 5 = fem; eller ikke?", "Czy to jest 'prawda' lub 'fałsz'? 1 = jeden.",
	"هل تريد الاتحاد أو الاختيار؟ ١ = واحد", "Kahve mi, çay mı? 'İkisi de' veya 'hiçbiri' = 2.",
	// Machines.
	"Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
	"curl/8.5.0", "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8", "W/\"5f3-18c2a9\"", "no-cache, max-age=0",
	"https://shop.example/search?q=red+shoes&order=price&limit=20#top",
	"https://shop.example/?a=1&b=2&c='x'&online=1&once=2",
	"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl", "c2VsZWN0IGEgZGF0ZQ==",
	"a=1; b=2; session=\"x/y--z\"; theme='dark'", "id=5&name=and&sort=or", "-----BEGIN KEY-----", "2024-05-01T10:11:12Z--end",
	`{"level":"info","msg":"select done","n":5,"sql":false,"where":"top"}`,
	`{"query":"query($id: ID!){ user(id: $id){ name posts(first: 5){ title } } }"}`,
	"mutation { addUser(name: \"O'Neil\", age: 5) { id } }",
	"Uncaught TypeError: top is null\n    at onclick (https://app.example/main.js:4:12)\n    at HTMLButtonElement.<anonymous> (app.js:9:1)",
	"127.0.0.1 - - [01/May/2024:10:00:00 +0000] \"GET /a?b=1 HTTP/1.1\" 200 5 \"-\" \"curl/8\"",
	"up == 0 and on(instance) node_load1 > 5", "sum(rate(http_requests_total[5m])) by (code)", "status = 'open' AND owner = 'anna'",
	"Price gt 5 and Name eq 'Milk'", "=IF(A1>5;\"yes\";\"no\")", "=SUM(B2:B9)*2", "f(x) = x^2 + 1", "(a+b)*(a-b) = a^2-b^2",
	"color: red; background: url(/img/a.png)", ".a { width: 10px } #b > c { top: 0 }", "^[a-z]+(or|and)?$", "s/old/new/g",
	// Rich text, mail and markdown.
	"<p>Hello <b>Anna</b>, see <a href=\"https://w.example/?a=1&amp;b=2\">this page</a>.</p>",
	"<ul class=\"x\"><li>one<li>two</ul><br/><img src=\"/a.png\" alt='a \"b\"'>",
	"<table class=\"t\" width=100%><tr><td style=\"color:#333; font-size:12px\">5 &lt; 6</td></tr></table>",
	"<div><span style='background:#fff'>It's on = off</span></div>",
	"# Title\n\n* one\n* two -- three\n\n> It's `code` and **bold**; see [this](https://w.example).\n",
	"Use `<b>` for bold; the tag `<i>` is for italics, and 'quotes' need no care.",
	"we <3 you and 3 <4", "<- see above ->", "<<EOF", "-->", "a --> b; c <-- d",
	// Code.
	"for (let i = 0; i < n; i++) { total += items[i].price }",
	"const f = (x) => x.map((y) => y + 1);", "public static void main(String[] args) { run(args); }",
	"if err != nil {\n\treturn fmt.Errorf(\"cannot read: %w\", err)\n}", "x = [i for i in range(10) if i and not i % 2]",
	"def f(a, b='c'):\n    return a or b", "SELECT", "git commit -m 'fix: it is one or two' && git push",
	"fn main() { let v: Vec<u8> = vec![1, 2]; }", "#include <stdio.h>\nint main(void) { return 0; }",
	"try { go(); } catch (e) { console.log('failed: ' + e); }", "<?xml version=\"1.0\"?><order><id>5</id></order>",
	"key: value\nlist:\n  - 'a'\n  - \"b\" # comment\n",
}

// legitPosts are long texts that show attacks, code and markup.
var legitPosts = []string{
	strings.Repeat("In this chapter we learn how a query reads rows. It's easy, don't worry. ", 8) +
		"\n\n```sql\nSELECT name, price FROM items WHERE price > 5 ORDER BY 2;\n```\n\n" +
		strings.Repeat("The result has two columns; we'd like to sort them by price or by name. ", 8),
	strings.Repeat("A page is made of elements. Let's look at how a browser reads them, step by step. ", 8) +
		"\n\n```html\n<button onclick=\"go()\">Go</button>\n<script src=\"/main.js\"></script>\n```\n\n" +
		strings.Repeat("Don't worry if that isn't clear yet; we'll come back to it in the next part. ", 8),
	strings.Repeat("\tif err := db.Ping(); err != nil {\n\t\treturn err\n\t}\n", 12) +
		"\trows, err := db.Query(\"SELECT id, name FROM users WHERE id = $1 AND open = true\", id)\n" +
		strings.Repeat("\tdefer rows.Close()\n", 6),
	strings.Repeat("export function Button(props) {\n  return props.children;\n}\n", 10) +
		"const b = <Button onClick={() => setTimeout(go, 5)}>Go</Button>;\n" +
		strings.Repeat("const n = 'it is';\n", 10),
}
