// Weir is the filtering node and its tools.
package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"
)

// version is set by the linker.
var version = "dev"

// The exit codes of every subcommand.
const (
	exitOK      = 0
	exitFailure = 1  // at run time
	exitUsage   = 2  // of the command line
	exitConfig  = 3  // configuration invalid, nothing changed
	exitPartly  = 4  // some tenants rejected, the others applied
	exitAttack  = 10 // scan, replay: an attack was found
)

// codedError carries the exit code of its cause. A nil cause prints nothing.
type codedError struct {
	code int
	err  error
}

func (e *codedError) Error() string {
	if e.err == nil {
		return ""
	}
	return e.err.Error()
}

func (e *codedError) Unwrap() error { return e.err }

// failed wraps err with an exit code.
func failed(code int, err error) error { return &codedError{code, err} }

func main() {
	os.Exit(run(os.Args[1:]))
}

func run(args []string) int {
	root := &cobra.Command{
		Use:           "weir",
		Short:         "A filtering node in front of many tenants, and its tools",
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return failed(exitUsage, err) })
	root.AddCommand(newInit(), newRun(), newCheck(), newReload(), newRoute(), newScan(), newReplay(), newVersion())
	root.SetArgs(args)
	cmd, err := root.ExecuteC()
	if err == nil {
		return exitOK
	}
	var coded *codedError
	if !errors.As(err, &coded) { // cobra's own: unknown command, wrong arguments
		coded = &codedError{exitUsage, err}
	}
	if coded.err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", cmd.CommandPath(), coded.err)
	}
	return coded.code
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

func outputFlag(cmd *cobra.Command, preset output) *output {
	o := preset
	cmd.Flags().Var(&o, "output", "how to print: json or human")
	return &o
}

func configFlag(cmd *cobra.Command) *string {
	return cmd.Flags().String("config", "/etc/weir/node.toml", "configuration file")
}
