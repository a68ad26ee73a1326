package detect

import "bytes"

// entityTable holds the internal entities of a document type. It is kept in
// the scratch from document to document.
type entityTable struct {
	n    int
	list [maxEntities]entity
	refs [maxReferences]reference
}

// entity is a declared internal entity and the size it expands to.
type entity struct {
	name, value []byte
	size        int
}

// reference says that entity in refers to entity to.
type reference struct{ in, to uint16 }

// read takes the declarations of dtd and returns the size of the largest
// entity, with all references in it replaced, whatever their order; sizes
// saturate above maxExpanded, and entities that refer to themselves or have
// more references than the bound count as that large.
func (t *entityTable) read(dtd []byte) int {
	t.n = 0
	for t.n < maxEntities {
		i := bytes.Index(dtd, []byte(entityTag))
		if i < 0 {
			break
		}
		dtd = dtd[i+len(entityTag):]
		if name, v := entityDecl(dtd); v != nil {
			t.list[t.n] = entity{name, v, len(v)}
			t.n++
		}
	}
	refs, ok := t.resolve()
	if !ok {
		return maxExpanded + 1
	}
	return t.grow(refs)
}

// resolve finds the references between entities.
func (t *entityTable) resolve() (refs []reference, ok bool) {
	n := 0
	for i := range t.list[:t.n] {
		for v := t.list[i].value; ; {
			k, rest := t.next(v)
			if rest == nil {
				break
			}
			if v = rest; k < 0 {
				continue
			}
			if n == maxReferences {
				return nil, false
			}
			t.refs[n] = reference{uint16(i), uint16(k)}
			n++
		}
	}
	return t.refs[:n], true
}

// grow computes the sizes: in each round every entity takes those of the
// round before. Without a circle, no chain is longer than the table.
func (t *entityTable) grow(refs []reference) (largest int) {
	var size [maxEntities]int
	for range t.n + 1 {
		for i := range t.list[:t.n] {
			size[i] = len(t.list[i].value)
		}
		for _, r := range refs {
			size[r.in] = min(size[r.in]+t.list[r.to].size, maxExpanded+1)
		}
		largest = 0
		settled := true
		for i := range t.list[:t.n] {
			largest = max(largest, size[i])
			settled = settled && t.list[i].size == size[i]
			t.list[i].size = size[i]
		}
		if settled || largest > maxExpanded {
			return largest
		}
	}
	return maxExpanded + 1
}

// next returns the number of the entity to which the first reference in b
// refers, -1 for none of the table, and what follows it; rest is nil at the
// end.
func (t *entityTable) next(b []byte) (k int, rest []byte) {
	for i := 0; i < len(b); i++ {
		if b[i] != '&' && b[i] != '%' {
			continue
		}
		if n := bytes.IndexByte(b[i:min(len(b), i+maxEntityName+2)], ';'); n > 0 {
			return t.lookup(b[i+1 : i+n]), b[i+n+1:]
		}
	}
	return -1, nil
}

func (t *entityTable) lookup(name []byte) int {
	for k := range t.list[:t.n] {
		if bytes.Equal(t.list[k].name, name) {
			return k
		}
	}
	return -1
}

// sizeOf returns how many bytes the references in b expand to.
func (t *entityTable) sizeOf(b []byte) (size int) {
	for size <= maxExpanded {
		k, rest := t.next(b)
		if rest == nil {
			break
		}
		if b = rest; k >= 0 {
			size += t.list[k].size + 1
		}
	}
	return size
}

// appendExpanded appends b with the references to general entities replaced,
// to a depth that documents need; read and sizeOf have bounded its size.
func (t *entityTable) appendExpanded(dst, b []byte, depth int) []byte {
	for i := 0; i < len(b); i++ {
		if b[i] == '&' && depth < maxDepth {
			n := bytes.IndexByte(b[i:min(len(b), i+maxEntityName+2)], ';')
			if n > 0 {
				if k := t.lookup(b[i+1 : i+n]); k >= 0 {
					dst = t.appendExpanded(dst, t.list[k].value, depth+1)
					i += n
					continue
				}
			}
		}
		dst = append(dst, b[i])
	}
	return dst
}
