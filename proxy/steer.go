package proxy

import (
	"errors"
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

// waiting reports whether connections have arrived that are not accepted yet.
func waiting(ln net.Listener) (yes bool) {
	sc, ok := ln.(syscall.Conn)
	if !ok {
		return false
	}
	raw, err := sc.SyscallConn()
	if err != nil {
		return false
	}
	raw.Control(func(fd uintptr) {
		poll := [1]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
		n, err := unix.Poll(poll[:], 0)
		yes = n > 0 && err == nil
	})
	return yes
}

// steer says which socket of the port that ln shares gets new connections.
// Not every kernel can be told; then those that wait are accepted before the
// socket is closed, and only what arrives in between is reset.
func steer(ln net.Listener, choice int) error {
	sc, ok := ln.(syscall.Conn)
	if !ok {
		return syscall.EOPNOTSUPP
	}
	raw, err := sc.SyscallConn()
	if err != nil {
		return err
	}
	cerr := raw.Control(func(fd uintptr) {
		if choice == nobody {
			err = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_DETACH_REUSEPORT_BPF, 0)
			return
		}
		prog := [1]unix.SockFilter{{Code: unix.BPF_RET | unix.BPF_K, K: uint32(choice)}}
		err = unix.SetsockoptSockFprog(int(fd), unix.SOL_SOCKET, unix.SO_ATTACH_REUSEPORT_CBPF, &unix.SockFprog{Len: 1, Filter: &prog[0]})
	})
	return errors.Join(cerr, err)
}
