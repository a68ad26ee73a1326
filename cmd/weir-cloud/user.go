package main

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"weir/tenant/account"
	"weir/tenant/store"
)

// userRow is a user as printed.
type userRow struct {
	ID       string `json:"id"`
	Tenant   string `json:"tenant"`
	Email    string `json:"email"`
	Name     string `json:"name"`
	Role     string `json:"role"`
	Password string `json:"password,omitempty"` // only when it was generated
}

func newUser() *cobra.Command {
	return group("user", "Create and list users", newUserCreate(), newUserList())
}

func newUserCreate() *cobra.Command {
	cmd := &cobra.Command{Use: "create", Short: "Create a user of a tenant", Args: cobra.NoArgs}
	id := tenantFlag(cmd)
	email := cmd.Flags().String("email", "", "mail address")
	name := cmd.Flags().String("name", "", "name; the mail address when left out")
	roleName := cmd.Flags().String("role", "", "admin, analyst, viewer; in the technical tenant also global_admin, global_analyst, global_viewer")
	passwordFile := cmd.Flags().String("password-file", "", "file with his password; without it one is generated and printed")
	out := outputFlag(cmd)
	cmd.MarkFlagRequired("email")
	cmd.MarkFlagRequired("role")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		role, err := account.ParseRole(*roleName)
		if err != nil {
			return failed(exitUsage, err)
		}
		password, generated, err := readPassword(*passwordFile)
		if err != nil {
			return err
		}
		return inTenant(cmd, *id, func(ctx context.Context, t *store.Tenant) error {
			u, err := t.CreateUser(ctx, *email, *name, role, password)
			if err != nil {
				return err
			}
			row := userRowOf(t, u)
			if generated {
				row.Password = password
			}
			return out.print(cmd.OutOrStdout(), row, func(w io.Writer) {
				fmt.Fprintf(w, "user      %s\nemail     %s\n", row.ID, row.Email)
				if generated {
					fmt.Fprintf(w, "password  %s\n\nThe password is shown this once.\n", password)
				}
			})
		})
	}
	return cmd
}

func newUserList() *cobra.Command {
	cmd := &cobra.Command{Use: "list", Short: "List the users of a tenant", Args: cobra.NoArgs}
	id := tenantFlag(cmd)
	out := outputFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return inTenant(cmd, *id, func(ctx context.Context, t *store.Tenant) error {
			list, err := t.Users(ctx)
			if err != nil {
				return err
			}
			rows := make([]userRow, len(list))
			for i, u := range list {
				rows[i] = userRowOf(t, u)
			}
			return out.print(cmd.OutOrStdout(), map[string]any{"users": rows}, func(w io.Writer) {
				tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
				fmt.Fprintln(tw, "ID\tEMAIL\tROLE\tNAME")
				for _, r := range rows {
					fmt.Fprintf(tw, "%s\t%s\t%s\t%s\n", r.ID, r.Email, r.Role, r.Name)
				}
				tw.Flush()
			})
		})
	}
	return cmd
}

func userRowOf(t *store.Tenant, u store.User) userRow {
	return userRow{ID: u.ID, Tenant: t.ID.String(), Email: u.Email, Name: u.Name, Role: u.Role.String()}
}
