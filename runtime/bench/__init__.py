"""What this product costs beside a bare Temporal workflow of the same shape: throughput and latency, in one run.

Measures from outside, over HTTP and Temporal, what any caller sees. Nothing the product needs lives here.
"""
