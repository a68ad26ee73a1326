package proxy

// frameWalk follows WebSocket frames (RFC 6455 5.2) as far as it takes to
// know where one ends.
type frameWalk struct {
	head [14]byte // flags, length, longer length, mask
	have int      // of head
	need int      // of head, as far as known; 0: a frame has not begun
	left uint64   // of the payload
}

// between reports whether the next byte begins a frame.
func (w *frameWalk) between() bool { return w.have == 0 && w.left == 0 }

// walk takes in b, as a whole or up to the first end of a frame, and returns
// how much of it that is. Nothing is taken in where a frame has just ended.
func (w *frameWalk) walk(b []byte, toEnd bool) int {
	for i := 0; ; {
		if i == len(b) || toEnd && w.between() {
			return i
		}
		if w.left > 0 {
			n := min(uint64(len(b)-i), w.left)
			w.left -= n
			i += int(n)
			continue
		}
		w.head[w.have] = b[i]
		w.have++
		i++
		w.step()
	}
}

// step looks at a head of have bytes.
func (w *frameWalk) step() {
	if w.have < 2 {
		return
	}
	n, long := uint64(w.head[1]&0x7f), 0
	switch n {
	case 126:
		long = 2
	case 127:
		long = 8
	}
	w.need = 2 + long
	if w.head[1]&0x80 != 0 {
		w.need += 4
	}
	if w.have < w.need {
		return
	}
	if long > 0 {
		n = 0
		for _, c := range w.head[2 : 2+long] {
			n = n<<8 | uint64(c)
		}
	}
	w.have, w.need, w.left = 0, 0, n
}
