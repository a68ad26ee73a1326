package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"weir/tenant/account"
	"weir/tenant/store"
	"weir/tenant/wire"
)

// made is what init prints, once.
type made struct {
	AccountID         string `json:"account_id"`
	TechnicalTenantID string `json:"technical_tenant_id"`
	UserID            string `json:"user_id"`
	Email             string `json:"email"`
	Password          string `json:"password,omitempty"` // only when it was generated
}

func newInit() *cobra.Command {
	cmd := &cobra.Command{Use: "init", Short: "Make the global account, its technical tenant and the first global administrator", Args: cobra.NoArgs}
	email := cmd.Flags().String("email", "", "mail address of the first global administrator")
	passwordFile := cmd.Flags().String("password-file", "", "file with his password; without it one is generated and printed")
	name := cmd.Flags().String("account", "Weir", "name of the account")
	var brand wire.Brand
	cmd.Flags().StringVar(&brand.Name, "brand", "", "name that clients see on sign-in and block pages")
	cmd.Flags().StringVar(&brand.Support, "support", "", "mail address or URL that clients see there")
	out := outputFlag(cmd)
	cmd.MarkFlagRequired("email")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		password, generated, err := readPassword(*passwordFile)
		if err != nil {
			return err
		}
		if brand.Name == "" {
			brand.Name = *name
		}
		return withStore(cmd, func(ctx context.Context, st *store.Store) error {
			first, err := st.Init(ctx, *name, brand, *email, password)
			if err != nil {
				return err
			}
			m := made{AccountID: first.Account.String(), TechnicalTenantID: first.Technical.String(), UserID: first.UserID, Email: *email}
			if generated {
				m.Password = password
			}
			return out.print(cmd.OutOrStdout(), m, m.human)
		})
	}
	return cmd
}

func (m *made) human(w io.Writer) {
	fmt.Fprintf(w, "account           %s\ntechnical tenant  %s\nuser              %s\nemail             %s\n", m.AccountID, m.TechnicalTenantID, m.UserID, m.Email)
	if m.Password != "" {
		fmt.Fprintf(w, "password          %s\n\nThe password is shown this once.\n", m.Password)
	}
}

// readPassword returns the first line of file, or a new password.
func readPassword(file string) (password string, generated bool, err error) {
	if file == "" {
		return account.GeneratePassword(), true, nil
	}
	b, err := os.ReadFile(file)
	if err != nil {
		return "", false, failed(exitFailure, fmt.Errorf("cannot read the password: %w", err))
	}
	line, _, _ := strings.Cut(string(b), "\n")
	return strings.TrimSuffix(line, "\r"), false, nil
}
