from .base import *
from .models import Customer, Order
from .people import Director, Engineer, Manager, Person

__all__ = ["Base", "Customer", "Engineer", "Manager", "Order", "Person"]
