// Package proxy is the node: it takes requests from clients, finds the tenant
// of each, inspects it under that tenant's policy and answers or forwards it.
// The walk of a request is Server.handle; everything else is a step of it.
//
// Both sides are hostile. A request is read once by a strict gate, and what
// goes upstream is written anew from what was inspected; a response is parsed
// by a strict reader and written anew to the client. Memory follows bytes
// received, never bytes declared.
package proxy
