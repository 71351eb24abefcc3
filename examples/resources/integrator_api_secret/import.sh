# The id is the integrator key. The secret in use comes from INTEGRATOR_SECRET.
terraform import integrator_api_secret.example int_1a2b3c
