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

import {
  to = integrator_api_secret.example
  id = "int_1a2b3c"
}

# The resource, as it should be from now on.
resource "integrator_api_secret" "example" {
  old_secret_valid_for_seconds = 300
  rotate_after_days            = 30
}
