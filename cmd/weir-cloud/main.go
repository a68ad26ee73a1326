// Weir-cloud is the cloud behind the nodes: accounts, tenants, hits, policies
// and the console.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // time zones also where the machine has none

	_ "golang.org/x/crypto/x509roots/fallback" // and CA roots

	"github.com/spf13/cobra"

	"weir/config"
	"weir/tenant/store"
)

// version is set by the linker.
var version = "dev"

// The exit codes of every subcommand.
const (
	exitOK      = 0
	exitFailure = 1 // at run time
	exitUsage   = 2 // of the command line
	exitConfig  = 3 // configuration invalid
)

// codedError carries the exit code of its cause.
type codedError struct {
	code int
	err  error
}

func (e *codedError) Error() string { return e.err.Error() }
func (e *codedError) Unwrap() error { return e.err }

func failed(code int, err error) error { return &codedError{code, err} }

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	root := &cobra.Command{
		Use:           "weir-cloud",
		Short:         "The cloud behind Weir's nodes, and its administration",
		Version:       version,
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return failed(exitUsage, err) })
	root.PersistentFlags().String("config", "/etc/weir/cloud.toml", "configuration file")
	root.AddCommand(newInit(), newRun(), newTenant(), newUser(), newToken())
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	cmd, err := root.ExecuteContextC(ctx)
	if err == nil {
		return exitOK
	}
	var coded *codedError
	if !errors.As(err, &coded) { // cobra's own: unknown command, wrong arguments
		coded = &codedError{exitUsage, err}
	}
	fmt.Fprintf(stderr, "%s: %v\n", cmd.CommandPath(), coded.err)
	return coded.code
}

// group is a command that only holds others.
func group(use, short string, subs ...*cobra.Command) *cobra.Command {
	cmd := &cobra.Command{Use: use, Short: short, Args: cobra.NoArgs, RunE: func(*cobra.Command, []string) error {
		return failed(exitUsage, errors.New("name what to do, see --help"))
	}}
	cmd.AddCommand(subs...)
	return cmd
}

// output is the --output flag.
type output string

func (o *output) String() string { return string(*o) }
func (o *output) Type() string   { return "json|human" }

func (o *output) Set(s string) error {
	if s != "json" && s != "human" {
		return fmt.Errorf("unknown output %q, want json or human", s)
	}
	*o = output(s)
	return nil
}

// outputFlag adds --output to cmd.
func outputFlag(cmd *cobra.Command) *output {
	o := output("human")
	cmd.Flags().Var(&o, "output", "how to print: json or human")
	return &o
}

// print writes v as JSON, or calls human.
func (o *output) print(w io.Writer, v any, human func(w io.Writer)) error {
	if *o == "human" {
		human(w)
		return nil
	}
	if err := json.NewEncoder(w).Encode(v); err != nil {
		return failed(exitFailure, err)
	}
	return nil
}

// load reads the file of --config.
func load(cmd *cobra.Command) (*config.CloudServer, error) {
	file, err := cmd.Flags().GetString("config")
	if err != nil {
		return nil, err
	}
	cfg, problems := config.LoadCloud(file)
	if len(problems) > 0 || cfg == nil {
		return nil, failed(exitConfig, problems)
	}
	return cfg, nil
}

// withStore runs do on the store of --config. The cloud may be running on it
// meanwhile.
func withStore(cmd *cobra.Command, do func(ctx context.Context, st *store.Store) error) error {
	cfg, err := load(cmd)
	if err != nil {
		return err
	}
	st, err := store.Open(cmd.Context(), cfg.StoreURL, storeOptions(cfg))
	if err != nil {
		return failed(exitFailure, err)
	}
	defer st.Close()
	if err := do(cmd.Context(), st); err != nil {
		var in *store.InputError
		if errors.As(err, &in) {
			return failed(exitUsage, err)
		}
		return failed(exitFailure, err)
	}
	return nil
}

func storeOptions(cfg *config.CloudServer) store.Options {
	return store.Options{SessionIdle: cfg.Session.Idle, SessionLife: cfg.Session.Absolute}
}

// asOperator runs do with the rights of whoever can open the store.
func asOperator(cmd *cobra.Command, do func(ctx context.Context, st *store.Store, p *store.Principal) error) error {
	return withStore(cmd, func(ctx context.Context, st *store.Store) error {
		p, err := st.Operator(ctx)
		if err != nil {
			return err
		}
		return do(ctx, st, p)
	})
}
