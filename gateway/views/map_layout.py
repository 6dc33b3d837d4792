"""Where items and relations stand on the map: layers by dependency, side by side on wide screens, one column on narrow.

A layered drawing in three small steps: the layer of an item is the longest way to it (`graphlib` gives the order),
within a layer items follow the middle of what they come after, and relations that others imply are left out.
"""

from collections.abc import Sequence
from graphlib import TopologicalSorter
from typing import NamedTuple

from gateway.views.panorama import Panorama, PanoramaItem

NODE_HEIGHT = 96
_GAP = 18
_BETWEEN_LAYERS = 52
_WIDE_NODE = 204
_NARROW_NODE = 288
_LANE = 14
_MARGIN = 6
_TURN = 6
_ARROW = 4


class Node(NamedTuple):
    """An item and its box, in pixels of the drawing."""

    item: PanoramaItem
    x: int
    y: int
    width: int
    height: int


class Edge(NamedTuple):
    """A relation and its line, as an SVG path that ends at an arrow head."""

    earlier: str
    later: str
    path: str
    done: bool
    """Whether ``earlier`` is finished, so that the way is open."""


class Drawing(NamedTuple):
    """A finished drawing."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    width: int
    height: int


def wide_drawing(map_: Panorama) -> Drawing:
    """Layers from left to right."""
    layers = _layers(map_)
    tallest = max(len(layer) for layer in layers)
    height = 2 * _MARGIN + tallest * NODE_HEIGHT + (tallest - 1) * _GAP
    nodes: dict[str, Node] = {}
    for place, layer in enumerate(layers):
        x = _MARGIN + place * (_WIDE_NODE + _BETWEEN_LAYERS)
        used = len(layer) * NODE_HEIGHT + (len(layer) - 1) * _GAP
        top = (height - used) // 2
        for row, item in enumerate(layer):
            nodes[item.id] = Node(item, x, top + row * (NODE_HEIGHT + _GAP), _WIDE_NODE, NODE_HEIGHT)
    edges = tuple(
        _edge(map_, earlier, later, _across(nodes[earlier], nodes[later])) for earlier, later in _direct(map_)
    )
    width = 2 * _MARGIN + len(layers) * _WIDE_NODE + (len(layers) - 1) * _BETWEEN_LAYERS
    return Drawing(tuple(nodes.values()), edges, width, height)


def narrow_drawing(map_: Panorama) -> Drawing:
    """One column; relations run in lanes at its left, one lane for all that lead to the same item."""
    column = [item for layer in _layers(map_) for item in layer]
    relations = _direct(map_)
    targets = [item.id for item in column if any(later == item.id for _, later in relations)]
    place = {item.id: row for row, item in enumerate(column)}
    lanes = _lanes(relations, targets, place)
    left = _MARGIN + _LANE * (max(lanes.values(), default=-1) + 2)
    nodes = {
        item.id: Node(item, left, _MARGIN + row * (NODE_HEIGHT + _GAP), _NARROW_NODE, NODE_HEIGHT)
        for row, item in enumerate(column)
    }
    edges = tuple(
        _edge(map_, earlier, later, _around(nodes[earlier], nodes[later], left - _LANE * (lanes[later] + 1)))
        for earlier, later in relations
    )
    height = 2 * _MARGIN + len(column) * NODE_HEIGHT + (len(column) - 1) * _GAP
    return Drawing(tuple(nodes.values()), edges, left + _NARROW_NODE + _MARGIN, height)


def _layers(map_: Panorama) -> list[list[PanoramaItem]]:
    """Chosen items by the length of the longest way to them, each layer in the order of what it comes after."""
    items = {item.id: item for item in map_.items if item.chosen}
    before: dict[str, list[str]] = {item_id: [] for item_id in items}
    for relation in map_.relations:
        before[relation.later].append(relation.earlier)
    depth: dict[str, int] = {}
    for item_id in TopologicalSorter(before).static_order():
        depth[item_id] = max((depth[earlier] + 1 for earlier in before[item_id]), default=0)
    layers: list[list[PanoramaItem]] = [[] for _ in range(max(depth.values(), default=0) + 1)]
    row: dict[str, float] = {}
    order = {item_id: place for place, item_id in enumerate(items)}
    for layer_no, layer in enumerate(layers):
        here = [item_id for item_id in items if depth[item_id] == layer_no]
        here.sort(key=lambda item_id: (_middle([row[earlier] for earlier in before[item_id]]), order[item_id]))
        for place, item_id in enumerate(here):
            row[item_id] = place - (len(here) - 1) / 2
            layer.append(items[item_id])
    return layers


def _middle(rows: Sequence[float]) -> float:
    return sum(rows) / len(rows) if rows else 0.0


def _direct(map_: Panorama) -> list[tuple[str, str]]:
    """Relations that no other way implies: of a→b, b→c and a→c, the last is left out."""
    after: dict[str, set[str]] = {}
    for relation in map_.relations:
        after.setdefault(relation.earlier, set()).add(relation.later)

    def reachable(start: str) -> set[str]:
        found: set[str] = set()
        waiting = list(after.get(start, ()))
        while waiting:
            item = waiting.pop()
            if item not in found:
                found.add(item)
                waiting.extend(after.get(item, ()))
        return found

    beyond = {item: reachable(item) for item in after}
    return [
        (relation.earlier, relation.later)
        for relation in map_.relations
        if not any(relation.later in beyond.get(other, ()) for other in after[relation.earlier] - {relation.later})
    ]


def _lanes(relations: Sequence[tuple[str, str]], targets: Sequence[str], place: dict[str, int]) -> dict[str, int]:
    """Target → its lane: the nearest that is free from its first source down to itself."""
    taken: list[list[tuple[int, int]]] = []
    lanes: dict[str, int] = {}
    for target in targets:
        first = min(place[earlier] for earlier, later in relations if later == target)
        span = (first, place[target])
        free = (
            lane for lane, spans in enumerate(taken) if all(span[1] <= begin or end <= span[0] for begin, end in spans)
        )
        lane = next(free, len(taken))
        if lane == len(taken):
            taken.append([])
        taken[lane].append(span)
        lanes[target] = lane
    return lanes


def _edge(map_: Panorama, earlier: str, later: str, path: str) -> Edge:
    done = next(item.status.value == "approved" for item in map_.items if item.id == earlier)
    return Edge(earlier, later, path, done)


def _across(earlier: Node, later: Node) -> str:
    x1, y1 = earlier.x + earlier.width, earlier.y + earlier.height // 2
    x2, y2 = later.x - _ARROW, later.y + later.height // 2
    bend = (x2 - x1) // 2
    return f"M{x1} {y1} C{x1 + bend} {y1} {x2 - bend} {y2} {x2} {y2}"


def _around(earlier: Node, later: Node, lane: int) -> str:
    y1, y2 = earlier.y + earlier.height * 2 // 3, later.y + later.height // 3
    out = f"M{earlier.x} {y1} H{lane + _TURN} Q{lane} {y1} {lane} {y1 + _TURN}"
    return f"{out} V{y2 - _TURN} Q{lane} {y2} {lane + _TURN} {y2} H{later.x - _ARROW}"
