package main

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"weir/tenant"
	"weir/tenant/store"
)

// tenantRow is a tenant as printed.
type tenantRow struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Kind   string `json:"kind"`
	Active bool   `json:"active"`
}

func newTenant() *cobra.Command {
	return group("tenant", "Create and list tenants", newTenantCreate(), newTenantList())
}

func newTenantCreate() *cobra.Command {
	cmd := &cobra.Command{Use: "create", Short: "Create a tenant", Args: cobra.NoArgs}
	name := cmd.Flags().String("name", "", "name of the tenant")
	rawID := cmd.Flags().String("id", "", "its UUID; made when left out")
	out := outputFlag(cmd)
	cmd.MarkFlagRequired("name")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		var id *tenant.ID
		if *rawID != "" {
			parsed, err := tenant.ParseID(*rawID)
			if err != nil {
				return failed(exitUsage, err)
			}
			id = &parsed
		}
		return asOperator(cmd, func(ctx context.Context, st *store.Store, p *store.Principal) error {
			t, err := st.CreateTenant(ctx, p, id, *name)
			if err != nil {
				return err
			}
			return out.print(cmd.OutOrStdout(), rowOf(t.Info), func(w io.Writer) { fmt.Fprintln(w, t.ID) })
		})
	}
	return cmd
}

func newTenantList() *cobra.Command {
	cmd := &cobra.Command{Use: "list", Short: "List the tenants", Args: cobra.NoArgs}
	out := outputFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return asOperator(cmd, func(ctx context.Context, st *store.Store, p *store.Principal) error {
			list, err := st.Tenants(ctx, p)
			if err != nil {
				return err
			}
			rows := make([]tenantRow, len(list))
			for i, t := range list {
				rows[i] = rowOf(t)
			}
			return out.print(cmd.OutOrStdout(), map[string]any{"tenants": rows}, func(w io.Writer) {
				tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
				fmt.Fprintln(tw, "ID\tNAME\tKIND\tACTIVE")
				for _, r := range rows {
					fmt.Fprintf(tw, "%s\t%s\t%s\t%t\n", r.ID, r.Name, r.Kind, r.Active)
				}
				tw.Flush()
			})
		})
	}
	return cmd
}

func rowOf(i store.Info) tenantRow {
	return tenantRow{ID: i.ID.String(), Name: i.Name, Kind: i.Kind, Active: i.Active}
}

// tenantFlag adds --tenant to cmd.
func tenantFlag(cmd *cobra.Command) *string {
	id := cmd.Flags().String("tenant", "", "UUID of the tenant")
	cmd.MarkFlagRequired("tenant")
	return id
}

// inTenant runs do with the handle of the tenant rawID.
func inTenant(cmd *cobra.Command, rawID string, do func(ctx context.Context, t *store.Tenant) error) error {
	id, err := tenant.ParseID(rawID)
	if err != nil {
		return failed(exitUsage, err)
	}
	return asOperator(cmd, func(ctx context.Context, st *store.Store, p *store.Principal) error {
		t, err := st.Tenant(ctx, p, id)
		if err != nil {
			return fmt.Errorf("cannot use tenant %s: %w", id, err)
		}
		return do(ctx, t)
	})
}
