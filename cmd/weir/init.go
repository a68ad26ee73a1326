package main

import (
	"crypto/rand"
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"text/template"

	"github.com/spf13/cobra"

	"weir/tenant"
)

//go:embed node.toml.tmpl
var nodeTOML string

// starter fills node.toml.tmpl.
type starter struct {
	ID, Name, Host, Upstream, Listen string
}

func newInit() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "init",
		Short: "Write a commented configuration with one tenant",
		Args:  cobra.NoArgs,
	}
	file := configFlag(cmd)
	s := starter{}
	cmd.Flags().StringVar(&s.Name, "name", "acme", "name of the tenant")
	cmd.Flags().StringVar(&s.Host, "host", "acme.example", "host of the tenant's site")
	cmd.Flags().StringVar(&s.Upstream, "upstream", "http://127.0.0.1:18081", "where the site's requests go")
	cmd.Flags().StringVar(&s.Listen, "listen", ":8080", "address that clients reach")
	cmd.Flags().StringVar(&s.ID, "id", "", "UUID of the tenant (default: a new one)")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if s.ID == "" {
			s.ID = newUUID().String()
		} else if _, err := tenant.ParseID(s.ID); err != nil {
			return failed(exitUsage, err)
		}
		if err := writeStarter(*file, s); err != nil {
			return failed(exitFailure, err)
		}
		fmt.Fprintf(cmd.OutOrStdout(), "wrote %s; try: weir check --config %s\n", *file, *file)
		return nil
	}
	return cmd
}

// writeStarter never overwrites a file.
func writeStarter(file string, s starter) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return fmt.Errorf("cannot make the folder of %q: %w", file, err)
	}
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o640)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("cannot write %q: it exists already, and init overwrites nothing", file)
	}
	if err != nil {
		return fmt.Errorf("cannot write %q: %w", file, err)
	}
	t := template.Must(template.New("node.toml").Parse(nodeTOML))
	if err := errors.Join(t.Execute(f, s), f.Close()); err != nil {
		return fmt.Errorf("cannot write %q: %w", file, err)
	}
	return nil
}

// newUUID returns a random UUID (RFC 9562, version 4).
func newUUID() (id tenant.ID) {
	rand.Read(id[:])
	id[6] = id[6]&0x0f | 0x40
	id[8] = id[8]&0x3f | 0x80
	return id
}
