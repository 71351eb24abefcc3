# Replaces the API secret every 30 days. Prefer rotate_when_changed, which
# rotates in place and keeps the old secret in state if a rotation fails; this
# form is for those who want to see a replacement in the plan.

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

# An expired time_rotating is created anew. Terraform's replace_triggered_by does
# not notice that; it does notice the replacement of this resource.
resource "time_static" "rotation" {
  triggers = {
    schedule = time_rotating.monthly.rotation_rfc3339
  }
}

resource "integrator_api_secret" "example" {
  # The old secret keeps working for an hour after each rotation.
  old_secret_valid_for_seconds = 3600

  lifecycle {
    replace_triggered_by = [time_static.rotation]
  }
}
