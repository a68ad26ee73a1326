package wire

import (
	"encoding/base64"
	"strconv"
	"unicode/utf8"
)

// MaxLine bounds the JSON of one hit, in bytes without its newline. A hit
// within the bounds of Hit is always smaller, unless its host, request ID or
// names are absurd.
const MaxLine = 128 << 10

// AppendJSON appends the hit as one line of JSON without a newline and
// without raw control characters. Bytes that are no UTF-8 become U+FFFD, as
// encoding/json does it.
func (h *Hit) AppendJSON(dst []byte) []byte {
	dst = appendString(dst, `{"id":`, h.ID)
	dst = appendString(dst, `,"incident":`, h.Incident)
	dst = appendString(dst, `,"request_id":`, h.RequestID)
	dst = append(dst, `,"tenant":"`...)
	dst, _ = h.Tenant.AppendText(dst)
	dst = appendString(dst, `","tenant_name":`, h.TenantName)
	dst = appendString(dst, `,"node":`, h.Node)
	dst = appendInt(dst, `,"time":`, h.Time)
	if h.Application != 0 {
		dst = appendInt(dst, `,"application":`, int64(h.Application))
	}
	dst = h.appendFinding(dst)
	dst = h.appendRequest(dst)
	dst = h.appendOutcome(dst)
	return append(dst, '}')
}

func (h *Hit) appendFinding(dst []byte) []byte {
	dst = appendString(dst, `,"class":`, h.Class)
	dst = appendString(dst, `,"rule":`, h.Rule)
	dst = appendString(dst, `,"why":`, h.Why)
	dst = appendInt(dst, `,"score":`, int64(h.Score))
	dst = appendString(dst, `,"point":`, h.Point)
	dst = appendBytes(dst, `,"evidence":{"text":`, h.Evidence.Text)
	dst = appendInt(dst, `,"start":`, int64(h.Evidence.Start))
	dst = appendInt(dst, `,"end":`, int64(h.Evidence.End))
	dst = append(dst, '}')
	return appendTrue(dst, `,"partial":true`, h.Partial)
}

func (h *Hit) appendRequest(dst []byte) []byte {
	dst = appendString(dst, `,"method":`, h.Method)
	dst = appendString(dst, `,"scheme":`, h.Scheme)
	dst = appendString(dst, `,"host":`, h.Host)
	dst = appendString(dst, `,"path":`, h.Path)
	dst = appendString(dst, `,"client":`, h.Client)
	if h.Peer != "" {
		dst = appendString(dst, `,"peer":`, h.Peer)
	}
	dst = appendBytes(dst, `,"request":`, h.Request)
	dst = appendTrue(dst, `,"request_cut":true`, h.RequestCut)
	dst = appendInt(dst, `,"mark":{"from":`, int64(h.Mark.From))
	dst = appendInt(dst, `,"to":`, int64(h.Mark.To))
	return append(dst, '}')
}

func (h *Hit) appendOutcome(dst []byte) []byte {
	dst = append(dst, `,"blocked":`...)
	dst = strconv.AppendBool(dst, h.Blocked)
	if h.BlockReason != "" {
		dst = appendString(dst, `,"block_reason":`, h.BlockReason)
	}
	dst = appendString(dst, `,"mode":`, h.Mode)
	dst = appendString(dst, `,"local_mode":`, h.LocalMode)
	dst = appendString(dst, `,"cloud_mode":`, h.CloudMode)
	dst = appendString(dst, `,"mode_source":`, h.ModeSource)
	if h.ModeRule != "" {
		dst = appendString(dst, `,"mode_rule":`, h.ModeRule)
	}
	dst = appendInt(dst, `,"status":`, int64(h.Status))
	dst = appendInt(dst, `,"response_size":`, h.ResponseSize)
	dst = appendInt(dst, `,"inspect_us":`, h.InspectMicro)
	return appendInt(dst, `,"upstream_ms":`, h.UpstreamMS)
}

// Size estimates the memory that the hit holds, in bytes.
func (h *Hit) Size() int {
	const itself = 640 // the struct and its place in a queue
	return itself + len(h.ID) + len(h.Incident) + len(h.RequestID) + len(h.Point) +
		len(h.Evidence.Text) + len(h.Host) + len(h.Path) + len(h.Client) + len(h.Peer) + cap(h.Request)
}

func appendInt(dst []byte, key string, v int64) []byte {
	return strconv.AppendInt(append(dst, key...), v, 10)
}

func appendTrue(dst []byte, field string, v bool) []byte {
	if v {
		dst = append(dst, field...)
	}
	return dst
}

// appendBytes appends base64, or null for nil as encoding/json does it.
func appendBytes(dst []byte, key string, v []byte) []byte {
	dst = append(dst, key...)
	if v == nil {
		return append(dst, "null"...)
	}
	dst = append(dst, '"')
	dst = base64.StdEncoding.AppendEncode(dst, v)
	return append(dst, '"')
}

func appendString(dst []byte, key, s string) []byte {
	dst = append(append(dst, key...), '"')
	from := 0
	for i := 0; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf {
			if c >= ' ' && c != '"' && c != '\\' && c != 0x7f {
				i++
				continue
			}
			dst = appendEscaped(append(dst, s[from:i]...), c)
			i++
			from = i
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n == 1 {
			dst = append(append(dst, s[from:i]...), `\ufffd`...)
			from = i + n
		}
		i += n
	}
	return append(append(dst, s[from:]...), '"')
}

func appendEscaped(dst []byte, c byte) []byte {
	const hex = "0123456789abcdef"
	if c == '"' || c == '\\' {
		return append(dst, '\\', c)
	}
	return append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
}
