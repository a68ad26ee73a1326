package proxy

import (
	"net"
	"syscall"

	"golang.org/x/sys/unix"
)

// Processes that share a port share the connections that arrive. One that
// closes its socket resets those which the kernel has given to it and which
// it has not accepted yet, so before that they must go to the successor: a
// program attached to the sockets of the port chooses among them, in the
// order in which they came to listen (socket(7), SO_ATTACH_REUSEPORT_CBPF).
// Where that order is not what we think, the kernel spreads as always.

// nobody leaves the choice to the kernel; successor gives all connections to
// the second socket, which is the younger of two.
const (
	nobody    = -1
	successor = 1
)

// steer says which socket of the port that ln shares gets new connections.
// It is the best that can be done: without it a few connections may be reset.
func steer(ln net.Listener, choice int) {
	sc, ok := ln.(syscall.Conn)
	if !ok {
		return
	}
	raw, err := sc.SyscallConn()
	if err != nil {
		return
	}
	raw.Control(func(fd uintptr) {
		if choice == nobody {
			unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_DETACH_REUSEPORT_BPF, 0)
			return
		}
		prog := [1]unix.SockFilter{{Code: unix.BPF_RET | unix.BPF_K, K: uint32(choice)}}
		unix.SetsockoptSockFprog(int(fd), unix.SOL_SOCKET, unix.SO_ATTACH_REUSEPORT_CBPF, &unix.SockFprog{Len: 1, Filter: &prog[0]})
	})
}
