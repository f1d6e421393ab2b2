package ledger_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"pgregory.net/rapid"

	"verloning/payroll/euro"
	"verloning/payroll/ledger"
)

var accounts = rapid.SampledFrom([]ledger.Account{ledger.Wages, ledger.HolidayAllowance, ledger.WageSubsidy, ledger.NetWagesPayable, ledger.SubsidyReceivable})

// drawTransfers makes transfers of amounts on both sides of nil.
func drawTransfers(t *rapid.T) []ledger.Transfer {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) ledger.Transfer {
		return ledger.Transfer{
			Ledger: uuid.Nil, Debit: accounts.Draw(t, "debit"), Credit: accounts.Draw(t, "credit"),
			Amount: euro.Cents(rapid.Int64Range(-5, 5).Draw(t, "cents")),
		}
	}), 1, 20).Draw(t, "transfers")
}

// balances prints sums, without the accounts that nothing is left on.
func balances(transfers []ledger.Transfer) map[ledger.Account]string {
	sums := map[ledger.Account]string{}
	for account, sum := range ledger.Balances(transfers) {
		if !sum.IsZero() {
			sums[account] = sum.String()
		}
	}
	return sums
}

// Transfers balance, a reversal undoes them, and turning negative ones round or
// dropping those of nothing moves no balance.
func TestTransfers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		transfers := drawTransfers(t)
		before, sum := balances(transfers), euro.Zero
		for _, balance := range ledger.Balances(transfers) {
			sum = sum.Add(balance)
		}
		if !sum.IsZero() {
			t.Fatalf("out of balance by %s", sum)
		}
		kept := ledger.NonZero(append(transfers[:0:0], transfers...)...)
		nonZero := 0
		for _, x := range transfers {
			if !x.Amount.IsZero() {
				nonZero++
			}
		}
		for _, x := range kept {
			if x.Amount.Sign() <= 0 {
				t.Fatalf("kept %+v", x)
			}
		}
		if diff := cmp.Diff(before, balances(kept)); diff != "" || len(kept) != nonZero {
			t.Fatalf("%d of %d kept\n%s", len(kept), nonZero, diff)
		}
		all := append(transfers[:0:0], transfers...)
		for _, x := range transfers {
			all = append(all, x.Reverse())
		}
		if left := balances(all); len(left) != 0 {
			t.Fatalf("reversed, and left %v", left)
		}
	})
}
