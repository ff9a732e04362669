"""A picture in memory that is painted in the window's place, and copied to it: painting by software is faster there.

Mesa's llvmpipe paints rectangles line by line, and leaves out what is painted over, only on pictures that have neither
a depth nor a stencil buffer and keep blue, green, red and opacity in this order (Mesa, `check_linear_rasterizer` and
`lp_setup_whole_tile`). The window that Kivy opens has both buffers, so that a panel takes several times as long there.
The picture lies upside down, as the window's does in memory: the copy then is one of bytes and not another painting.

What is blended must not be read from pictures in that order of bytes: Mesa 22.3.6 then leaves parts of it out.
"""

from __future__ import annotations

import ctypes
import logging
from collections.abc import Callable, Sequence
from typing import Any

from kivy.core.window import Window
from kivy.graphics.fbo import Fbo
from kivy.graphics.opengl import (
    GL_COLOR_BUFFER_BIT,
    GL_FRAMEBUFFER_BINDING,
    GL_NEAREST,
    GL_SCISSOR_TEST,
    glBindFramebuffer,
    glDisable,
    glEnable,
    glGetIntegerv,
    glScissor,
)
from kivy.graphics.texture import Texture
from kivy.graphics.transformation import Matrix

log = logging.getLogger(__name__)

OPENGL_LIBRARY = "libGL.so.1"
READ_FRAMEBUFFER = 0x8CA8
"""OpenGL 3.0, for which Kivy has no name. Kivy's own set is that of OpenGL ES 2.0."""

Copy = Callable[..., None]
Pixels = tuple[int, int, int, int]
"""Left, bottom, right, top, counted from the bottom left of the window."""


class Sheet:
    """As large as the window; `paint` draws parts of what the window shows and puts them there."""

    def __init__(self, size: tuple[int, int], copy: Copy) -> None:
        self.size = size
        self._copy = copy
        width, height = size
        self._fbo = Fbo(size=size, texture=Texture.create(size=size, colorfmt="bgra"),
                        with_depthbuffer=False, with_stencilbuffer=False)
        self._upside_down: Any = Matrix().scale(1, -1, 1).multiply(Matrix().view_clip(0, width, 0, height, -1, 1, 0))
        self._fbo.bind()
        self._number = int(glGetIntegerv(GL_FRAMEBUFFER_BINDING)[0])
        self._fbo.release()

    def paint(self, areas: Sequence[Pixels]) -> None:
        """Paint what the window shows in these areas, and copy it there.

        All are painted before any is copied: the first copy waits for the renderer, and it should wait once.
        """
        upright = Window.render_context["projection_mat"]
        Window.render_context["projection_mat"] = self._upside_down
        self._fbo.bind()
        glEnable(GL_SCISSOR_TEST)
        for left, bottom, right, top in areas:
            glScissor(left, self.size[1] - top, right - left, top - bottom)
            Window.clear()
            Window.render_context.draw()
        glDisable(GL_SCISSOR_TEST)
        self._fbo.release()
        Window.render_context["projection_mat"] = upright
        self._put_on_the_window(areas)

    def _put_on_the_window(self, areas: Sequence[Pixels]) -> None:
        height = self.size[1]
        glBindFramebuffer(READ_FRAMEBUFFER, self._number)
        for left, bottom, right, top in areas:
            self._copy(left, height - top, right, height - bottom, left, top, right, bottom,
                       GL_COLOR_BUFFER_BIT, GL_NEAREST)
        glBindFramebuffer(READ_FRAMEBUFFER, 0)


def find_copy() -> Copy | None:
    """OpenGL's `glBlitFramebuffer`, or none where it is not to be had: then the window itself must be painted."""
    try:
        copy = ctypes.CDLL(OPENGL_LIBRARY).glBlitFramebuffer
    except (OSError, AttributeError) as error:
        log.warning("no_sheet", extra={"reason": str(error)})
        return None
    copy.argtypes, copy.restype = [ctypes.c_int] * 8 + [ctypes.c_uint] * 2, None
    return copy
