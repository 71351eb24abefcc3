# Rotates the API secret in place every 30 days, on a schedule that other
# resources can share. Nothing happens between two runs: schedule a plan and
# apply, daily for instance. The first one after the time has come rotates.

terraform {
  required_providers {
    integrator = {
      source = "integrator/integrator"
    }
    time = {
      source  = "hashicorp/time"
      version = "~> 0.9"
    }
  }
}

# The key and the secret come from INTEGRATOR_KEY and INTEGRATOR_SECRET.
provider "integrator" {
  environment = "sandbox"
}

resource "time_rotating" "monthly" {
  rotation_days = 30
}

resource "integrator_api_secret" "example" {
  # Not replace_triggered_by = [time_rotating.monthly]: that never fires in
  # Terraform, since an expired time_rotating is created anew, not changed.
  rotate_when_changed = {
    schedule = time_rotating.monthly.rotation_rfc3339
  }

  # The old secret keeps working for an hour after each rotation.
  old_secret_valid_for_seconds = 3600
}
