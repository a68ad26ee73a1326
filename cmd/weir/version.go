package main

import (
	"encoding/json"
	"fmt"
	"runtime"

	"github.com/spf13/cobra"
)

func newVersion() *cobra.Command {
	cmd := &cobra.Command{Use: "version", Short: "Print the version", Args: cobra.NoArgs}
	out := outputFlag(cmd, "human")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if *out == "json" {
			return json.NewEncoder(cmd.OutOrStdout()).Encode(map[string]string{
				"version": version, "go": runtime.Version(), "platform": runtime.GOOS + "/" + runtime.GOARCH})
		}
		_, err := fmt.Fprintf(cmd.OutOrStdout(), "weir %s (%s, %s/%s)\n", version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
		return err
	}
	return cmd
}
