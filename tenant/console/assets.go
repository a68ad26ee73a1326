package console

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"net/http"
	"path"
	"strings"
)

//go:embed assets
var assetFiles embed.FS

// assets are the embedded files under names that hold their hash, so that a
// browser may keep them for ever.
type assets struct {
	urls  map[string]string // "weir.css" -> "/assets/weir.<hash>.css"
	files map[string][]byte // "weir.<hash>.css" -> content
}

// contentTypes is by extension: the system's table must not decide what a
// page is made of.
var contentTypes = map[string]string{".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}

func newAssets() assets {
	a := assets{map[string]string{}, map[string][]byte{}}
	entries, err := assetFiles.ReadDir("assets")
	if err != nil {
		panic("BUG: cannot read embedded assets: " + err.Error())
	}
	for _, e := range entries {
		b, err := assetFiles.ReadFile("assets/" + e.Name())
		if err != nil {
			panic("BUG: cannot read an embedded asset: " + err.Error())
		}
		sum := sha256.Sum256(b)
		ext := path.Ext(e.Name())
		name := strings.TrimSuffix(e.Name(), ext) + "." + hex.EncodeToString(sum[:8]) + ext
		a.urls[e.Name()], a.files[name] = "/assets/"+name, b
	}
	return a
}

// ServeHTTP serves one asset by its hashed name.
func (a assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b, ok := a.files[r.PathValue("name")]
	if !ok {
		http.Error(w, "404 not found", http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", contentTypes[path.Ext(r.PathValue("name"))])
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	_, _ = w.Write(b)
}
