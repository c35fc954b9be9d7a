// Piece of depthwise_conv2d: a cell is four channels.
alias Cell = vec4<f32>;

fn activate_cell(cell: Cell) -> Cell {
    return Cell(activate(cell.x), activate(cell.y), activate(cell.z), activate(cell.w));
}
