import {
  to = integrator_api_secret.example
  identity = {
    integrator_key = "int_1a2b3c"
  }
}
