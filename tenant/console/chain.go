package console

import "strings"

// link is a step of a point chain: the kind in words, and the name or index
// that it leads to.
type link struct{ Code, Kind, Name string }

// chain takes the printed form of a point apart: [post][json][hash user].
// Names hold no brackets, the node writes those as \x5b and \x5d.
func chain(point string) []link {
	var c []link
	for point != "" {
		open := strings.IndexByte(point, '[')
		end := strings.IndexByte(point, ']')
		if open < 0 || end < open {
			break
		}
		code, name, _ := strings.Cut(point[open+1:end], " ")
		c = append(c, link{code, named(steps, code), name})
		point = point[end+1:]
	}
	return c
}
