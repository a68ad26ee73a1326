package bench

import (
	"bytes"
	"math/rand"
	"slices"

	"weir/detect"
)

// minToken is the length from which a run of letters and digits is a token
// rather than a word.
const minToken = 20

// Variants returns n requests like r with other values: words have changed
// places with others of their length, tokens are turned, digits are others.
// The query, the cookies and the body vary, as they do in traffic; the other
// header fields are what a browser sends again and again.
func Variants(r *detect.Request, n int) []*detect.Request {
	out := make([]*detect.Request, n)
	for i := range out {
		rnd := rand.New(rand.NewSource(int64(i)))
		v := *r
		v.Headers = slices.Clone(r.Headers)
		for k, h := range v.Headers {
			if bytes.EqualFold(h.Name, []byte("cookie")) {
				v.Headers[k].Value = vary(rnd, h.Value)
			}
		}
		if len(r.Body) > large {
			v.Body = shift(rnd, r.Body)
		} else {
			v.Body = vary(rnd, r.Body)
		}
		if q := bytes.IndexByte(r.Target, '?'); q >= 0 {
			v.Target = append(slices.Clone(r.Target[:q]), vary(rnd, r.Target[q:])...)
		}
		out[i] = &v
	}
	return out
}

// large is the length from which a body is a file between boundaries.
const large = 256 << 10

// shift returns b with the bytes in the middle moved on.
func shift(rnd *rand.Rand, b []byte) []byte {
	b = slices.Clone(b)
	middle := b[len(b)/4 : 3*len(b)/4]
	k := rnd.Intn(len(middle))
	copy(middle, append(slices.Clone(middle[k:]), middle[:k]...))
	return b
}

// vary returns b with other words, tokens and digits in their places. Bytes
// that are no text stay.
func vary(rnd *rand.Rand, b []byte) []byte {
	b = slices.Clone(b)
	words := map[int][][2]int{}
	for i := 0; i < len(b); i++ {
		j := i
		for j < len(b) && (tokenByte(b[j])) {
			j++
		}
		switch run := b[i:j]; {
		case len(run) >= minToken:
			turn(rnd, run)
		case isWord(run):
			words[len(run)] = append(words[len(run)], [2]int{i, j})
		default:
			digits(rnd, run)
		}
		i = j
	}
	for _, n := range slices.Sorted(mapKeys(words)) {
		at := words[n]
		rnd.Shuffle(len(at), func(x, y int) {
			var w [minToken]byte
			k := copy(w[:], b[at[x][0]:at[x][1]])
			copy(b[at[x][0]:], b[at[y][0]:at[y][1]])
			copy(b[at[y][0]:], w[:k])
		})
	}
	return b
}

func mapKeys(m map[int][][2]int) func(yield func(int) bool) {
	return func(yield func(int) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

func tokenByte(c byte) bool {
	return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' || c == '-'
}

// isWord reports whether w is a word of four small letters or more that is no
// literal of JSON.
func isWord(w []byte) bool {
	for _, c := range w {
		if c < 'a' || c > 'z' {
			return false
		}
	}
	s := string(w)
	return len(w) > 3 && s != "true" && s != "false" && s != "null"
}

// turn moves the head of a token to its end.
func turn(rnd *rand.Rand, w []byte) {
	k := rnd.Intn(len(w))
	copy(w, append(slices.Clone(w[k:]), w[:k]...))
}

// digits replaces the digits of w but for a leading one.
func digits(rnd *rand.Rand, w []byte) {
	for i := 1; i < len(w); i++ {
		if w[i-1] >= '0' && w[i-1] <= '9' && w[i] >= '0' && w[i] <= '9' {
			w[i] = '0' + byte(rnd.Intn(10))
		}
	}
}
