# SPDX-License-Identifier: MIT
"""Labelled plants with honest physics, the same bits on every machine."""

from plantwright.simulate._dust_site import DustSite
from plantwright.simulate._production_site import ProductionSite
from plantwright.simulate._reactor import Reactor
from plantwright.simulate._thermal_plant import ThermalFault, ThermalPlant

__all__ = ["DustSite", "ProductionSite", "Reactor", "ThermalFault", "ThermalPlant"]
