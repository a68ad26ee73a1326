package main

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"weir/config"
	"weir/tenant"
)

func newCheck() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Read the configuration as strictly as the node does",
		Args:  cobra.NoArgs,
	}
	file := configFlag(cmd)
	out := outputFlag(cmd, "human")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		node, problems := config.Load(*file, nil)
		problems = append(problems, tokenProblem(node)...)
		if err := printCheck(cmd.OutOrStdout(), *out, *file, node, problems); err != nil {
			return failed(exitFailure, err)
		}
		if len(problems) > 0 {
			return failed(exitConfig, nil)
		}
		return nil
	}
	return cmd
}

// tokenProblem reports a node token that cannot be read, as run would.
func tokenProblem(node *config.Node) config.Problems {
	if node == nil || node.Cloud == nil {
		return nil
	}
	if _, err := config.ReadToken(node.Cloud.TokenFile); err != nil {
		return config.Problems{{File: node.File, Key: "cloud.token_file", Fatal: true, Msg: err.Error()}}
	}
	return nil
}

func printCheck(w io.Writer, out output, file string, node *config.Node, problems config.Problems) error {
	if out == "json" {
		if problems == nil {
			problems = config.Problems{}
		}
		return json.NewEncoder(w).Encode(map[string]any{"ok": len(problems) == 0, "file": file, "problems": problems})
	}
	for _, p := range problems {
		if _, err := fmt.Fprintln(w, p.Error()); err != nil {
			return err
		}
	}
	if len(problems) > 0 {
		return nil
	}
	_, err := fmt.Fprintf(w, "%s: ok, %d listeners, %d tenants, %d sites\n", file, len(node.Listeners), len(node.Tenants), sites(node.Tenants))
	return err
}

func sites(specs []tenant.Spec) (n int) {
	for _, s := range specs {
		n += len(s.Sites)
	}
	return n
}
