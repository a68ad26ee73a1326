package proxy

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"syscall"

	"golang.org/x/sys/unix"

	"weir/config"
)

// openSocket listens on a TCP address or at the path of a unix socket.
func openSocket(c *config.Listener) (net.Listener, error) {
	if path, ok := config.UnixPath(c.Address); ok {
		return openUnix(path, fs.FileMode(c.Mode))
	}
	var lc net.ListenConfig
	if c.ReusePort {
		lc.Control = reusePort
	}
	ln, err := lc.Listen(context.Background(), "tcp", c.Address)
	if err == nil && c.ReusePort {
		_ = steer(ln, nobody) // nothing to take off is no error of ours
	}
	return ln, err
}

// reusePort lets other processes of this user listen on the same address.
func reusePort(_, _ string, c syscall.RawConn) (err error) {
	return errors.Join(c.Control(func(fd uintptr) {
		err = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_REUSEPORT, 1)
	}), err)
}

// unixListener listens at a path, which a successor may have taken over.
type unixListener struct {
	*net.UnixListener
	path string
	file fs.FileInfo // at path when we came to listen there
}

// openUnix listens at path with exactly the permissions mode. The socket is
// made beside and moved into place: whoever connects meets either the
// predecessor or us.
func openUnix(path string, mode fs.FileMode) (net.Listener, error) {
	if info, err := os.Lstat(path); err == nil && info.Mode().Type() != fs.ModeSocket {
		return nil, fmt.Errorf("%s is there and is no socket", path)
	}
	next := path + ".new"
	if err := os.Remove(next); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	lc := net.ListenConfig{Control: func(_, _ string, c syscall.RawConn) (err error) {
		// Linux gives the file the socket's permissions, so it is never wider.
		return errors.Join(c.Control(func(fd uintptr) { err = unix.Fchmod(int(fd), uint32(mode)) }), err)
	}}
	ln, err := lc.Listen(context.Background(), "unix", next)
	if err != nil {
		return nil, err
	}
	l := &unixListener{UnixListener: ln.(*net.UnixListener), path: path}
	l.SetUnlinkOnClose(false)
	if err = os.Chmod(next, mode); err == nil {
		err = os.Rename(next, path)
	}
	if err == nil {
		l.file, err = os.Lstat(path)
	}
	if err != nil {
		ln.Close()
		return nil, err
	}
	return l, nil
}

// Addr implements net.Listener.
func (l *unixListener) Addr() net.Addr { return &net.UnixAddr{Name: l.path, Net: "unix"} }

// Close implements net.Listener: the file goes when it is still ours.
func (l *unixListener) Close() error {
	if info, err := os.Lstat(l.path); err == nil && l.file != nil && os.SameFile(info, l.file) {
		os.Remove(l.path)
	}
	return l.UnixListener.Close()
}
