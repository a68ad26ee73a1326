package main

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"weir/tenant/store"
)

// tokenRow is a node token as printed.
type tokenRow struct {
	ID      string    `json:"id"`
	Tenant  string    `json:"tenant"`
	Name    string    `json:"name"`
	Created time.Time `json:"created_at"`
}

func newToken() *cobra.Command {
	return group("token", "Tokens of machines",
		group("node", "Create, list and revoke node tokens", newTokenCreate(), newTokenList(), newTokenRevoke()))
}

func newTokenCreate() *cobra.Command {
	cmd := &cobra.Command{Use: "create", Short: "Create a node token and print it, this once", Args: cobra.NoArgs,
		Long: "Create a node token and print it, this once. A token of the technical tenant may report for every tenant of the account, another one for its own tenant alone."}
	id := tenantFlag(cmd)
	name := cmd.Flags().String("name", "node", "what to know it by")
	out := outputFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return inTenant(cmd, *id, func(ctx context.Context, t *store.Tenant) error {
			k, secret, err := t.CreateNodeToken(ctx, *name)
			if err != nil {
				return err
			}
			return out.print(cmd.OutOrStdout(), map[string]string{"id": k.ID, "tenant": t.ID.String(), "token": secret},
				func(w io.Writer) { fmt.Fprintln(w, secret) })
		})
	}
	return cmd
}

func newTokenList() *cobra.Command {
	cmd := &cobra.Command{Use: "list", Short: "List the node tokens of a tenant, without their secrets", Args: cobra.NoArgs}
	id := tenantFlag(cmd)
	out := outputFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return inTenant(cmd, *id, func(ctx context.Context, t *store.Tenant) error {
			list, err := t.NodeTokens(ctx)
			if err != nil {
				return err
			}
			rows := make([]tokenRow, len(list))
			for i, k := range list {
				rows[i] = tokenRow{ID: k.ID, Tenant: t.ID.String(), Name: k.Name, Created: k.Created}
			}
			return out.print(cmd.OutOrStdout(), map[string]any{"tokens": rows}, func(w io.Writer) {
				tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
				fmt.Fprintln(tw, "ID\tNAME\tCREATED")
				for _, r := range rows {
					fmt.Fprintf(tw, "%s\t%s\t%s\n", r.ID, r.Name, r.Created.Format(time.RFC3339))
				}
				tw.Flush()
			})
		})
	}
	return cmd
}

func newTokenRevoke() *cobra.Command {
	cmd := &cobra.Command{Use: "revoke", Short: "Revoke a node token, at once", Args: cobra.NoArgs}
	id := tenantFlag(cmd)
	token := cmd.Flags().String("id", "", "ID of the token, as list prints it")
	cmd.MarkFlagRequired("id")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return inTenant(cmd, *id, func(ctx context.Context, t *store.Tenant) error {
			if err := t.RevokeNodeToken(ctx, *token); err != nil {
				return fmt.Errorf("cannot revoke token %q: %w", *token, err)
			}
			return nil
		})
	}
	return cmd
}
