// Package payroll turns hours into payslips and payslips into money owed.
package payroll
