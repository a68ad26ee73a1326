package detect

// blockMasks says which bytes of a block belong to words and which are
// neither of a word nor a blank: bit i stands for block[i].
func blockMasks(block *[64]byte) (words, signs uint64) { return blockMasksPortable(block) }

// blockMasksPortable is blockMasks for any processor.
func blockMasksPortable(block *[64]byte) (words, signs uint64) {
	for i, c := range block {
		m := signMask[c]
		words |= uint64(m&1) << i
		signs |= uint64(m>>1) << i
	}
	return words, signs
}

// signMask is 1 for bytes of words, 2 for signs, 0 for the blank.
var signMask = makeSignMask()

func makeSignMask() (t [256]uint8) {
	for i := range t {
		switch signClass[i] {
		case signWord:
			t[i] = 1
		case signBlank:
		default:
			t[i] = 2
		}
	}
	return t
}
