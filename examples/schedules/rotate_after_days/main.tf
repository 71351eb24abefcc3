# Rotates the API secret in place once it is 30 days old, without any other
# provider. Nothing happens between two runs: schedule a plan and apply, daily
# for instance. The first one that finds the secret old enough rotates it.

terraform {
  required_providers {
    integrator = {
      source = "integrator/integrator"
    }
  }
}

# The key and the secret come from INTEGRATOR_KEY and INTEGRATOR_SECRET.
provider "integrator" {
  environment = "sandbox"
}

resource "integrator_api_secret" "example" {
  rotate_after_days = 30

  # The old secret keeps working for an hour after each rotation.
  old_secret_valid_for_seconds = 3600
}

output "next_rotation_at" {
  value = integrator_api_secret.example.next_rotation_at
}
