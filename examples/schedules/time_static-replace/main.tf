terraform {
  required_providers {
    integrator = {
      source = "integrator/integrator"
    }
    time = {
      source = "hashicorp/time"
    }
  }
}

# The key and the secret come from INTEGRATOR_KEY and INTEGRATOR_SECRET.
provider "integrator" {}

resource "time_rotating" "monthly" {
  rotation_days = 30
}

# Is replaced in the plan that renews the time, which replace_triggered_by sees.
resource "time_static" "rotation" {
  triggers = {
    schedule = time_rotating.monthly.id
  }
}

resource "integrator_api_secret" "example" {
  old_secret_valid_for_seconds = 3600

  lifecycle {
    replace_triggered_by = [time_static.rotation]
  }
}
