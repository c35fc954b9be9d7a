// Piece of depthwise_conv2d: a cell is one channel.
alias Cell = f32;

fn activate_cell(cell: Cell) -> Cell {
    return activate(cell);
}
