package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"weir/config"
)

func newReload() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "reload",
		Short: "Tell the running node to read its configuration again",
		Long: "Asks the running node for a reload and prints what it said. Exits 3 when nothing changed because\n" +
			"node.toml is bad, 4 when tenants were rejected and the others applied.\n\n" +
			"--bypass is the kill switch: every request is proxied uninspected until --bypass=false.\n" +
			"It is the file \"bypass\" in the state folder and works without the cloud. Lines \"tenant UUID\"\n" +
			"and \"rule ID\" in the file switch off less than everything.",
		Args: cobra.NoArgs,
	}
	file := configFlag(cmd)
	bypass := cmd.Flags().Bool("bypass", false, "switch inspection off (true) or on again (false) for every tenant")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		node, problems := config.Load(*file, nil)
		if node == nil {
			return failed(exitConfig, problems)
		}
		if cmd.Flags().Changed("bypass") {
			return setBypass(cmd.OutOrStdout(), node, *bypass)
		}
		return askReload(cmd.OutOrStdout(), node.Admin)
	}
	return cmd
}

func setBypass(w io.Writer, node *config.Node, on bool) error {
	file := filepath.Join(node.State, "bypass")
	if on {
		if err := os.MkdirAll(node.State, 0o700); err != nil {
			return failed(exitFailure, fmt.Errorf("cannot make the state folder: %w", err))
		}
		if err := os.WriteFile(file, nil, 0o600); err != nil {
			return failed(exitFailure, fmt.Errorf("cannot write the kill switch: %w", err))
		}
		fmt.Fprintf(w, "inspection is off for every tenant: %s exists\n", file)
		return nil
	}
	if err := os.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return failed(exitFailure, fmt.Errorf("cannot remove the kill switch: %w", err))
	}
	fmt.Fprintln(w, "inspection is on")
	return nil
}

// reloadAnswer is what the node's admin listener says to a reload.
type reloadAnswer struct {
	Exit     int             `json:"exit"` // 0, 3 or 4
	Tenants  int             `json:"tenants"`
	Problems config.Problems `json:"problems"`
}

func askReload(w io.Writer, admin string) error {
	if admin == "" {
		return failed(exitFailure, errors.New("cannot ask for a reload: [admin] has no address; send the node SIGHUP"))
	}
	client := http.Client{Timeout: time.Minute}
	resp, err := client.Post("http://"+admin+"/-/reload", "application/json", nil)
	if err != nil {
		return failed(exitFailure, fmt.Errorf("cannot ask the node for a reload: %w", err))
	}
	defer resp.Body.Close()
	var a reloadAnswer
	if err := json.NewDecoder(resp.Body).Decode(&a); err != nil {
		return failed(exitFailure, fmt.Errorf("cannot read the node's answer (%s): %w", resp.Status, err))
	}
	for _, p := range a.Problems {
		fmt.Fprintln(w, p.Error())
	}
	switch a.Exit {
	case exitOK:
		fmt.Fprintf(w, "reloaded: %d tenants\n", a.Tenants)
		return nil
	case exitConfig:
		return failed(a.Exit, errors.New("nothing changed"))
	case exitPartly:
		return failed(a.Exit, errors.New("the tenants named keep their last generation, the others are reloaded"))
	}
	return failed(exitFailure, fmt.Errorf("the node answered %s", resp.Status))
}
