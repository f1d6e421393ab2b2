package embedded

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
)

// settingName matches the names of PostgreSQL's settings.
var settingName = regexp.MustCompile(`^[a-z_][a-z0-9_.]*$`)

// safeSettings are the defaults for a small payroll database. The log must never hold a statement or a value of a
// row: they are people's names, numbers and wages. So statements stay out of it, and so does the detail of an error,
// which quotes the row.
func safeSettings() map[string]string {
	return map[string]string{
		"fsync":                             "on",
		"full_page_writes":                  "on",
		"synchronous_commit":                "on",
		"max_connections":                   "60",
		"shared_buffers":                    "768MB",
		"max_wal_size":                      "2GB",
		"wal_compression":                   "on",
		"timezone":                          "UTC",
		"log_timezone":                      "UTC",
		"log_min_messages":                  "warning",
		"log_error_verbosity":               "terse",
		"log_min_error_statement":           "panic",
		"log_statement":                     "none",
		"log_min_duration_statement":        "-1",
		"log_parameter_max_length":          "0",
		"log_parameter_max_length_on_error": "0",
		"log_checkpoints":                   "off",
		"cluster_name":                      "verloning",
	}
}

// ownSettings are those that the launcher relies on; nobody else may set them.
func ownSettings(sockets string) map[string]string {
	return map[string]string{
		"listen_addresses":        "",
		"port":                    "5432",
		"unix_socket_directories": sockets,
		"unix_socket_permissions": "0700",
		"logging_collector":       "off",
		"log_destination":         "stderr",
	}
}

// arguments are the server's command line: the defaults, the caller's changes to them, and what must be so.
func arguments(data, sockets string, changes map[string]string) ([]string, error) {
	settings := safeSettings()
	own := ownSettings(sockets)
	for name, value := range changes {
		if !settingName.MatchString(name) {
			return nil, fmt.Errorf("%q is no name of a PostgreSQL setting", name)
		}
		if _, taken := own[name]; taken || name == "data_directory" {
			return nil, fmt.Errorf("the PostgreSQL setting %s cannot be changed: the private server depends on it", name)
		}
		settings[name] = value
	}
	maps.Copy(settings, own)
	args := []string{"-D", data}
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		args = append(args, "-c", name+"="+settings[name])
	}
	return args, nil
}
